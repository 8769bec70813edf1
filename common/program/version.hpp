// The version of the whole, as the build knows it.
#pragma once

#include <string_view>

namespace labnet::program {

inline constexpr std::string_view version = LABNET_VERSION;

}  // namespace labnet::program
