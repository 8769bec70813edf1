// Words for what the parsers of the headers find.
#include "common/packet/header.hpp"

namespace labnet::packet {

std::string_view describe(HeaderFault fault) {
  switch (fault) {
    case HeaderFault::truncated:
      return "the frame ends inside the header";
    case HeaderFault::bad_version:
      return "the version field is not the expected one";
    case HeaderFault::bad_length:
      return "a length field is shorter than the header";
    case HeaderFault::not_supported:
      return "a kind of header that is not read here";
  }
  return "unknown fault";
}

std::string_view describe(Checksum checksum) {
  switch (checksum) {
    case Checksum::right:
      return "right";
    case Checksum::wrong:
      return "wrong";
    case Checksum::absent:
      return "absent";
    case Checksum::unknown:
      return "unknown";
  }
  return "unknown";
}

}  // namespace labnet::packet
