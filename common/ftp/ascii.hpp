// The data of TYPE A: lines that end with CR LF on the wire and with LF in a file (RFC 959, section 3.1.1.1).
#pragma once

#include "common/base/bytes.hpp"

namespace labnet::ftp {

/// From a file to the wire: LF becomes CR LF, unless a CR stands before it already, so that a file with Windows' line
/// ends does not get a second CR. A file comes in pieces of any size; one encoder is for one file.
class AsciiEncoder {
 public:
  /// Appends to `out`, at most twice as many bytes as `input` has.
  void encode(Bytes input, Buffer& out);

 private:
  bool after_cr_ = false;  // the octet before was one
};

/// From the wire to a file: CR LF becomes LF; a CR that no LF follows stays.
class AsciiDecoder {
 public:
  /// Appends to `out`, at most one byte more than `input` has. A CR at its end waits for what comes next.
  void decode(Bytes input, Buffer& out);
  /// What is left at the end of the data: a CR that was the last octet. Then the decoder is as new.
  void finish(Buffer& out);

 private:
  bool has_cr_ = false;  // one has come and is not written yet
};

}  // namespace labnet::ftp
