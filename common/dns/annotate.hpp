// What each octet of a message means: for people who look at a message octet by octet.
//
//     offset  octets             label           value                      depth
//      0                         Header                                         0
//      0      12 34                ID            4660                           1
//      2      81 80                flags         0x8180                         1
//      4      1... .... .... ....    QR          response                       2    bits of the row above
//     12                         Question 1 of 1                                0
//     12                           QNAME         web.labredes71.com.            1
//     12      03 77 65 62            label       "web"                          2
//     36                         Answer 1 of 1                                  0
//     36      c0 0c                NAME          pointer to 0x000c: web.labredes71.com.
#pragma once

#include <string>
#include <vector>

#include "common/base/bytes.hpp"

namespace labnet::dns {

struct AnnotatedRow {
  enum class Kind {
    part,   // some octets, or a heading without any
    bits,   // some bits of the part above; no octets of its own
    fault,  // what is wrong from here on; no octets
  };
  Kind kind = Kind::part;
  std::size_t offset = 0;  // of the first octet in the message; of a row without octets: where the next one would stand
  Bytes octets;            // in the message that was annotated, which must outlive the rows
  unsigned depth = 0;      // how far within others the row stands; 0: header, sections, the rest
  std::string label;       // as the RFCs call it: "QNAME"; for a field of RDATA as Record::fields does: "preference"
  std::string value;       // one line of printable text; empty for what only holds the rows below
  std::string bits;        // "1... .... .... ....": the value's own bits, the others as dots; of Kind::bits alone
};

/// Any octets will do. Those of all rows, one after the other, are the whole message, each once.
///
/// What cannot be read is told by a row of Kind::fault, and what stands behind it is a row of plain octets. Data that
/// is not as its type asks costs its own record alone: the next one is found by RDLENGTH.
///
/// There are at most annotated_rows_extra_max more rows than octets, and no value is longer than the longest name or
/// string written out.
inline constexpr std::size_t annotated_rows_extra_max = 24;  // headings and the bits of the header
std::vector<AnnotatedRow> annotate(Bytes wire);

}  // namespace labnet::dns
