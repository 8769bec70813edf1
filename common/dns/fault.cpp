// The words for each fault of the wire format.
#include "common/dns/fault.hpp"

#include <stdexcept>
#include <string>

namespace labnet::dns {

std::string_view describe(WireFault fault) {
  switch (fault) {
    case WireFault::header_too_short:
      return "shorter than a header";
    case WireFault::truncated:
      return "ends inside a record, or its counts promise more records than it holds";
    case WireFault::label_type:
      return "a label is of a type that is not in use";
    case WireFault::name_too_long:
      return "a name is longer than 255 octets";
    case WireFault::pointer_not_backward:
      return "a compression pointer does not point backward";
    case WireFault::too_many_pointers:
      return "a name has too many compression pointers";
    case WireFault::several_questions:
      return "more than one question";
    case WireFault::no_question:
      return "no question";
    case WireFault::rdata_length:
      return "the data of a record is longer or shorter than its type asks";
    case WireFault::rdata_value:
      return "the data of a record holds what its type does not allow";
    case WireFault::opt_outside_additional:
      return "an OPT record outside the additional section";
    case WireFault::opt_repeated:
      return "more than one OPT record";
    case WireFault::opt_owner_not_root:
      return "an OPT record whose owner is not the root";
    case WireFault::opt_options:
      return "an EDNS option runs past its OPT record";
  }
  return "unknown fault";
}

void throw_exception_from_error(WireFault fault, const boost::source_location&) {
  throw std::logic_error{std::string{describe(fault)}};
}

}  // namespace labnet::dns
