#include "common/program/version.hpp"

namespace labnet::program {

const std::string_view version = LABNET_VERSION;

}  // namespace labnet::program
