// A message as dig shows it, which people know and programs take apart, down to the tabulator.
#pragma once

#include <string>
#include <vector>

#include "common/dns/message.hpp"

namespace labnet::dns {

/// What is shown of a message.
struct ShownParts {
  bool comments = true;  // header, headings, EDNS
  bool question = true;
  bool answer = true;
  bool authority = true;
  bool additional = true;
  bool ttl = true;        // of records
  bool dns_class = true;  // of records

  bool operator==(const ShownParts&) const = default;
};

/// Header, OPT record and sections. Each block ends with an empty line.
/// trailing_bytes  behind the last record
std::string dig_text(const Message& message, const ShownParts& shown, std::size_t trailing_bytes = 0);

/// One record: "web.labredes71.com.<tab>3600<tab>IN<tab>A<tab>192.168.1.10" and LF.
std::string dig_text(const Record& record, const ShownParts& shown);

/// The flags that are set, in the order of the header: "qr", "aa", "tc", "rd", "ra", "ad", "cd".
std::vector<std::string> flag_names(const Header& header);
/// Of these, what a reply says of its answer and of recursion: "aa", "tc", "rd", "ra".
std::vector<std::string> answer_flag_names(const Header& header);

}  // namespace labnet::dns
