// What the headers of all layers share: why one cannot be read, and what its checksum says.
#pragma once

#include <string_view>

#include "common/base/bytes.hpp"
#include "common/base/result.hpp"

namespace labnet::packet {

// Each layer is a struct of its header's fields, in host byte order, whose `payload` is a view of what was parsed; it
// lives as long as that. `parse_<layer>` reads one from the first byte of its input. `write` appends one, computes
// lengths and checksums itself and overlooks those in the struct, so that what is written is always consistent.
// A frame may have been cut by the capture's snapshot length: then `payload` is shorter than the header says, which is
// no fault. Bytes behind the end that the header gives (Ethernet's padding) are left out.

enum class HeaderFault {
  truncated,      // the input ends inside the header
  bad_version,    // not the version this layer is for
  bad_length,     // a length that is shorter than the header itself
  not_supported,  // well-formed, but not of the kind read here (ARP for other than Ethernet and IPv4)
};
std::string_view describe(HeaderFault fault);

enum class Checksum {
  right,
  wrong,
  absent,   // UDP over IPv4 may go without: the field is zero
  unknown,  // some of the bytes it covers are not there: a fragment, or cut by the snapshot length
};
std::string_view describe(Checksum checksum);

}  // namespace labnet::packet
