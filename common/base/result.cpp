#include "common/base/result.hpp"

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <system_error>

namespace labnet {

Error system_error(std::string_view what) {
  return system_error(what, errno);
}

Error system_error(std::string_view what, int error_number) {
  return Error{what, ": ", std::generic_category().message(error_number)};
}

void throw_exception_from_error(const Error& error, const boost::source_location&) {
  throw std::runtime_error(error.message);
}

}  // namespace labnet
