// What `labnet ca` says: where the lab CA is, and how it is trusted.
#pragma once

#include <optional>
#include <string>

#include "common/ca/authority.hpp"

namespace labnet::lab {

/// Lines of at most 80 columns, as far as the paths in them allow it.
std::string to_text(const ca::Authority& authority);
std::string to_json(const ca::Authority& authority);

/// What is different now that there is a new one.
/// old_sha256  of the one in whose place it is, if one is known
std::string renewal_text(const ca::Authority& authority, const std::optional<std::string>& old_sha256);

}  // namespace labnet::lab
