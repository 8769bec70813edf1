// Where a capture takes place.
#include "clients/capture/place.hpp"

#include <fmt/format.h>

#include <boost/json/array.hpp>

#include "clients/lab/host.hpp"

namespace labnet::capture {
namespace {

using control::text_of;
using control::json::object;

/// The addresses of all hosts with their names, for Wireshark to show.
packet::NameResolution names_of(const object& status) {
  packet::NameResolution names;
  for (const auto& host : status.at("hosts").as_array()) {
    for (const auto& card : host.at("interfaces").as_array()) {
      for (const auto& text : card.at("addresses").as_array()) {
        const auto address = parse_ipv4(std::string_view{text.as_string()});
        if (address) names.records.push_back({*address, {std::string{text_of(host.as_object(), "name")}}});
      }
    }
  }
  return names;
}

std::string network_of(const object& host, std::string_view interface) {
  for (const auto& card : host.at("interfaces").as_array()) {
    if (text_of(card.as_object(), "name") == interface) return std::string{text_of(card.as_object(), "network")};
  }
  return {};
}

}  // namespace

Result<Place> enter_place(const std::string& lab_name, const std::string& host) {
  const auto colon = host.find(':');
  const auto network = colon == host.npos ? std::string{} : host.substr(colon + 1);
  auto lab = lab_client::connect(lab_name);
  if (!lab) return lab.error();
  const auto status = lab->ask({{"do", "status"}}, lab_client::answer_deadline);
  if (!status) return status.error();
  const auto about = lab_client::enter_host(*lab, host.substr(0, colon));
  if (!about) return about.error();
  const auto interface = lab_client::interface_name(*about, network);
  if (!interface) return interface.error();
  const auto name = text_of(*about, "name");
  const auto network_name = network_of(*about, *interface);
  return Place{*interface, fmt::format("{}:{}", name, network_name), fmt::format("{} on {}", name, network_name),
               names_of(*status)};
}

}  // namespace labnet::capture
