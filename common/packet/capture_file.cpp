// Words for what is wrong with a capture file.
#include "common/packet/capture_file.hpp"

namespace labnet::packet {

std::string_view describe(FileFault fault) {
  switch (fault) {
    case FileFault::not_a_capture:
      return "this is neither a pcap nor a pcapng file";
    case FileFault::unsupported_version:
      return "the file is of a version that is not read here";
    case FileFault::frame_too_large:
      return "a frame is longer than 262144 bytes";
    case FileFault::block_too_large:
      return "a block is longer than 16 MiB";
    case FileFault::too_many_interfaces:
      return "a section describes more than 1024 interfaces";
    case FileFault::bad_block_length:
      return "the length of a block is wrong";
    case FileFault::bad_option:
      return "the length of an option is wrong";
    case FileFault::bad_time:
      return "a time is out of range";
    case FileFault::unknown_interface:
      return "a frame is from an interface that the file does not describe";
  }
  return "unknown fault";
}

}  // namespace labnet::packet
