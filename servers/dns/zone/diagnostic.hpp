// What is wrong, or odd, in a zone file: where it stands and what was expected.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace labnet::dns_server {

struct Diagnostic {
  std::string file;
  std::size_t line = 0;  // from 1; 0 if it concerns the file as a whole
  std::size_t column = 0;
  std::string message;  // `found "192.168.1", expected address: an IPv4 address, as in 192.168.1.10`
};
using Diagnostics = std::vector<Diagnostic>;

/// "labredes71.com.zone:7:18: found ..."
std::string to_text(const Diagnostic& diagnostic);

}  // namespace labnet::dns_server
