#include "clients/sip/names.hpp"

#include <fmt/format.h>

#include "common/sip/via.hpp"

namespace labnet::sip_client {

std::string Names::tag() {
  return like_ == Like::zoiper ? fmt::format("{:08x}", static_cast<std::uint32_t>(random_()))
                               : fmt::format("{:016x}", random_());
}

std::string Names::branch() {
  const std::string_view middle = like_ == Like::zoiper ? "-524287-1---" : "";
  return fmt::format("{}{}{:016x}", sip::branch_magic, middle, random_());
}

std::string Names::call_id() {
  const auto first = random_();
  const std::string_view end = like_ == Like::zoiper ? ".." : "";
  return fmt::format("{:016x}{:016x}{}", first, random_(), end);
}

std::string Names::cnonce() {
  return fmt::format("{:016x}", random_());
}

}  // namespace labnet::sip_client
