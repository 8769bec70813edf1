// Records, questions and replies for tests, written as in a zone file.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "common/dns/message.hpp"
#include "tests/common/dns/octets.hpp"

namespace labnet::dns_server {

using dns::name;
using dns::octets;

inline std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  for (std::size_t start = 0; start < text.size();) {
    const auto end = std::min(text.find(' ', start), text.size());
    if (end > start) words.emplace_back(text.substr(start, end - start));
    start = end + 1;
  }
  return words;
}

/// "www.example. 60 IN A 192.0.2.1"; throws if it is none.
inline dns::Record record(std::string_view text) {
  const auto words = words_of(text);
  std::vector<dns::Token> tokens;
  for (std::size_t i = 4; i < words.size(); ++i) tokens.push_back({words[i], false, 1, 1});
  return {name(words.at(0)), dns::parse_class(words.at(2)).value(), parse_integer<std::uint32_t>(words.at(1)).value(),
          dns::parse_rdata(dns::parse_type(words.at(3)).value(), tokens, {}).value()};
}

inline std::vector<dns::Record> records(const std::vector<std::string>& lines) {
  std::vector<dns::Record> all;
  for (const auto& line : lines) all.push_back(record(line));
  return all;
}

inline std::vector<std::string> texts(const std::vector<dns::Record>& all) {
  std::vector<std::string> lines;
  for (const auto& one : all) lines.push_back(to_text(one));
  return lines;
}

inline dns::Question question(std::string_view text, dns::Type type = dns::Type::a) {
  return {name(text), type, dns::Class::in};
}

/// The reply to a question, without records.
inline dns::Message reply_to(const dns::Question& asked, std::uint16_t id, dns::Rcode rcode = dns::Rcode::noerror) {
  dns::Message reply;
  reply.header.id = id;
  reply.header.response = true;
  reply.header.rcode = rcode;
  reply.question = asked;
  return reply;
}

inline Buffer to_wire(const dns::Message& message) {
  Buffer wire;
  dns::write_message(message, wire);
  return wire;
}

/// A message as it goes over TCP, behind its length (RFC 1035, section 4.2.2).
inline Buffer framed(Bytes message) {
  Buffer all(2 + message.size());
  all[0] = static_cast<std::byte>(message.size() >> 8);
  all[1] = static_cast<std::byte>(message.size() & 0xff);
  std::ranges::copy(message, all.begin() + 2);
  return all;
}

/// The SOA record of example., whose negative answers may be remembered for a minute.
inline constexpr std::string_view example_soa = "example. 3600 IN SOA ns.example. admin.example. 1 2 3 4 60";

}  // namespace labnet::dns_server
