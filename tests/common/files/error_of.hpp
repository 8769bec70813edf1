// What came of it, as a number that a test compares.
#pragma once

#include "common/files/jail.hpp"

namespace labnet::files {

/// errno's number, 0 for a success.
template <class T>
int error_of(const FileResult<T>& result) {
  return result ? 0 : result.error().value();
}

}  // namespace labnet::files
