// Why two sides have no media in common, in words: for the Warning of a 488 and for the log.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/sdp/codec.hpp"

namespace labnet::sdp {

enum class DifferenceKind {
  no_audio,     // no line m=audio, or only such with port 0
  refused,      // the answer's port is 0
  profile,      // "RTP/SAVP" where RTP/AVP is spoken, and the like
  codecs,       // none in common
  family,       // an address of another family
  no_address,   // no c= for the media
  media_count,  // the answer has another number of lines m= than the offer
};

struct Difference {
  DifferenceKind kind = DifferenceKind::no_audio;
  std::string offered{};  // what the other side has, as explained: "opus/48000/2, speex/8000"
  std::string have{};     // what this side has: "PCMA/8000, PCMU/8000"

  bool operator==(const Difference&) const = default;
};

/// "opus/48000/2, speex/8000 and 3 more"; safe in a quoted string whatever a stranger wrote.
std::string list_of(const std::vector<Codec>& codecs);
/// One word of a stranger's: letters, digits and the usual marks, not too long.
std::string safe_word(std::string_view word);

/// "no common codec: offered opus/48000/2, speex/8000; we have PCMA/8000, PCMU/8000". No quotation marks in it.
std::string describe(const Difference& difference);

/// 301 to 305, 399 (RFC 3261, section 20.43)
int warning_code_of(DifferenceKind kind);
/// The value of a field Warning: `305 sip.lab "no common codec: ..."`.
std::string to_warning(const Difference& difference, std::string_view agent);

}  // namespace labnet::sdp
