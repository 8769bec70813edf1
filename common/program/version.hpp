// The version of the whole, as the build knows it.
#pragma once

#include <string_view>

namespace labnet::program {

extern const std::string_view version;  // "0.1.0"

}  // namespace labnet::program
