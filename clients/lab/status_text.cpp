#include "clients/lab/status_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include <boost/json/array.hpp>

#include "common/base/text.hpp"
#include "common/program/table.hpp"

namespace labnet::lab_client {
namespace {

namespace json = boost::json;
using control::text_of;

std::string text(const json::object& object, std::string_view key) {
  return std::string{text_of(object, key)};
}

std::int64_t number(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value != nullptr && value->is_number() ? value->to_number<std::int64_t>() : 0;
}

std::string mebibytes(std::int64_t kib) {
  return fmt::format("{:.1f} MiB", static_cast<double>(kib) / 1024);
}

std::string addresses(const json::object& card) {
  std::string all;
  for (const auto& address : card.at("addresses").as_array()) {
    all += fmt::format("{}{}", all.empty() ? "" : ", ", std::string_view{address.as_string()});
  }
  return all;
}

std::string host_table(const json::array& hosts) {
  program::Table table{{"HOST", "NETWORK", "ADDRESS", "MAC"}};
  for (const auto& host : hosts) {
    auto name = text(host.as_object(), "name");
    for (const auto& value : host.at("interfaces").as_array()) {
      const auto& card = value.as_object();
      auto network = text(card, "network");
      auto mac = text(card, "mac");
      for (const auto& address : card.at("addresses").as_array()) {
        table.row({name, network, std::string{address.as_string()}, mac});
        for (auto* once : {&name, &network, &mac}) once->clear();
      }
    }
  }
  return table.text();
}

/// "192.168.1.7:53 udp tcp" for "udp://192.168.1.7:53 tcp://192.168.1.7:53": a line for each place.
std::vector<std::string> places_of(const std::string& endpoints) {
  std::vector<std::pair<std::string, std::string>> places;  // and how they are reached
  for (const auto& endpoint : split(endpoints, ' ')) {
    const auto end = endpoint.find("://");
    if (end == endpoint.npos) continue;
    const std::string place{endpoint.substr(end + 3)};
    const auto known = std::ranges::find(places, place, &std::pair<std::string, std::string>::first);
    auto& protocols = (known == places.end() ? places.emplace_back(place, "") : *known).second;
    protocols += fmt::format(" {}", endpoint.substr(0, end));
  }
  std::vector<std::string> lines;
  for (const auto& [place, protocols] : places) lines.push_back(place + protocols);
  if (lines.empty()) lines.emplace_back();
  return lines;
}

std::string service_table(const json::array& hosts) {
  program::Table table{{"SERVICE", "STATE", "LISTENS AT", "RESTARTS", "MEMORY"}};
  for (const auto& host : hosts) {
    for (const auto& value : host.at("services").as_array()) {
      const auto& service = value.as_object();
      const auto places = places_of(text(service, "endpoints"));
      table.row({fmt::format("{}/{}", text_of(host.as_object(), "name"), text_of(service, "name")),
                 text(service, "state"), places.front(), std::to_string(number(service, "restarts")),
                 mebibytes(number(service, "pss_kib"))});
      for (std::size_t i = 1; i < places.size(); ++i) table.row({"", "", places[i], "", ""});
    }
  }
  return table.empty() ? "" : "\n" + table.text();
}

std::int64_t total_pss_kib(const json::object& status) {
  auto total = number(status, "pss_kib");
  for (const auto& host : status.at("hosts").as_array()) {
    for (const auto& service : host.at("services").as_array()) total += number(service.as_object(), "pss_kib");
  }
  return total;
}

}  // namespace

std::string status_text(const json::object& status) {
  auto all = fmt::format("lab {} is up, network of kind {}, {} in all ({})\n", text_of(status, "lab"),
                         text_of(status, "network"), mebibytes(total_pss_kib(status)), text_of(status, "file"));
  if (const auto why = text_of(status, "why"); !why.empty()) all += fmt::format("no namespaces: {}\n", why);
  for (const auto& shortfall : status.at("shortfalls").as_array()) {
    all += fmt::format("note: {}\n", std::string_view{shortfall.as_string()});
  }
  const auto& hosts = status.at("hosts").as_array();
  all += "\n" + host_table(hosts) + service_table(hosts);
  const auto& published = status.at("published").as_array();
  if (!published.empty()) all += "\nOn this machine:\n";
  for (const auto& one : published) {
    all += fmt::format("  {} -> {}\n", text_of(one.as_object(), "from"), text_of(one.as_object(), "to"));
  }
  return all;
}

std::string host_text(const json::object& host) {
  auto all = fmt::format("{}{}\n", text_of(host, "name"), control::is_true(host, "router") ? " (router)" : "");
  for (const auto& value : host.at("interfaces").as_array()) {
    const auto& card = value.as_object();
    all += fmt::format("  {}: network {}, MAC {}, addresses {}, prefix of {} bits\n", text_of(card, "name"),
                       text_of(card, "network"), text_of(card, "mac"), addresses(card), number(card, "prefix_bits"));
  }
  if (const auto resolver = text_of(host, "resolver"); !resolver.empty()) {
    all += fmt::format("  names are looked up at {}\n", resolver);
  }
  for (const auto& value : host.at("services").as_array()) {
    const auto& service = value.as_object();
    all += fmt::format("  service {}: {}, {}, process {}, {} restarts, {}\n", text_of(service, "name"),
                       text_of(service, "state"), text_of(service, "endpoints"), number(service, "pid"),
                       number(service, "restarts"), mebibytes(number(service, "pss_kib")));
  }
  return all;
}

}  // namespace labnet::lab_client
