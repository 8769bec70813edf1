#include "clients/sip/config.hpp"

#include <fmt/format.h>

#include "common/sip/uri.hpp"

namespace labnet::sip_client {

std::string PhoneConfig::uri_parameters() const {
  return like == Like::zoiper ? fmt::format(";transport={}", sip::via_name(server.transport)) : std::string{};
}

std::string PhoneConfig::address_of(std::string_view number) const {
  if (number.starts_with("sip:") || number.starts_with("sips:")) return std::string{number};
  if (number.find('@') != number.npos) return fmt::format("sip:{}", number);
  return fmt::format("sip:{}@{}{}", sip::escaped_user(number), domain, uri_parameters());
}

std::string PhoneConfig::registrar() const {
  return fmt::format("sip:{}{}", domain, uri_parameters());
}

}  // namespace labnet::sip_client
