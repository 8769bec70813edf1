#include "common/dns/message_json.hpp"

#include "common/base/text.hpp"
#include "common/dns/dig_text.hpp"

namespace labnet::dns {
namespace {

namespace json = boost::json;

json::object object_of(const Edns& edns) {
  json::array options;
  for (const auto& option : edns.options) {
    options.push_back({{"code", option.code}, {"data", hexadecimal(option.data)}});
  }
  return {{"version", edns.version},
          {"udp_payload_bytes", edns.udp_payload_bytes},
          {"dnssec_ok", edns.dnssec_ok},
          {"options", std::move(options)}};
}

}  // namespace

boost::json::array to_json(const std::vector<Record>& records) {
  json::array array;
  for (const auto& record : records) {
    array.push_back({{"name", to_text(record.name)},
                     {"ttl", record.ttl},
                     {"class", to_text(record.dns_class)},
                     {"type", to_text(record.type())},
                     {"data", to_text(record.data)}});
  }
  return array;
}

boost::json::object to_json(const Message& message) {
  json::array flags;
  for (const auto& flag : flag_names(message.header)) flags.emplace_back(flag);
  json::object object{{"id", message.header.id},
                      {"opcode", to_text(message.header.opcode)},
                      {"rcode", to_text(message.header.rcode)},
                      {"flags", std::move(flags)}};
  if (message.question) {
    object["question"] = json::object{{"name", to_text(message.question->name)},
                                      {"class", to_text(message.question->dns_class)},
                                      {"type", to_text(message.question->type)}};
  }
  object["answer"] = to_json(message.answers);
  object["authority"] = to_json(message.authorities);
  object["additional"] = to_json(message.additionals);
  if (message.edns) object["edns"] = object_of(*message.edns);
  return object;
}

}  // namespace labnet::dns
