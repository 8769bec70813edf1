#include "common/http/body_decoder.hpp"

#include <algorithm>

namespace labnet::http {

Result<BodyDecoder::Step, ChunkFault> BodyDecoder::decode(Bytes input) {
  Step step;
  switch (framing_.kind) {
    case BodyKind::none:
      return step;
    case BodyKind::chunked: {
      const auto decoded = chunked_.decode(input);
      if (!decoded) return decoded.error();
      step = {decoded->used, decoded->data};
      break;
    }
    case BodyKind::length:
      step.data =
          input.first(static_cast<std::size_t>(std::min<std::uint64_t>(input.size(), framing_.length - body_bytes_)));
      step.used = step.data.size();
      break;
    case BodyKind::until_close:
      step = {input.size(), input};
      break;
  }
  body_bytes_ += step.data.size();
  return step;
}

bool BodyDecoder::finished() const {
  switch (framing_.kind) {
    case BodyKind::none:
      return true;
    case BodyKind::chunked:
      return chunked_.finished();
    case BodyKind::length:
      return body_bytes_ == framing_.length;
    case BodyKind::until_close:
      break;
  }
  return false;
}

}  // namespace labnet::http
