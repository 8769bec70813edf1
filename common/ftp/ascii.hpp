// The data of TYPE A: lines that end with CR LF on the wire and with LF in a file (RFC 959, section 3.1.1.1).
#pragma once

#include "common/base/bytes.hpp"

namespace labnet::ftp {

/// From a file to the wire: LF becomes CR LF, unless a CR stands before it already. Bytes may come in any pieces.
class AsciiEncoder {
 public:
  /// Appends to `out`, at most twice as many bytes as `input` has.
  void encode(Bytes input, Buffer& out);

 private:
  bool after_cr_ = false;
};

/// From the wire to a file: CR LF becomes LF; a CR that no LF follows stays.
class AsciiDecoder {
 public:
  void decode(Bytes input, Buffer& out);
  /// What is left at the end: a CR that was the last octet.
  void finish(Buffer& out);

 private:
  bool has_cr_ = false;
};

}  // namespace labnet::ftp
