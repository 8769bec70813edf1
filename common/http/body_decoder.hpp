// The body of a message out of the bytes behind its head, whatever its framing.
#pragma once

#include <cstdint>

#include "common/base/bytes.hpp"
#include "common/base/result.hpp"
#include "common/http/chunked.hpp"
#include "common/http/framing.hpp"

namespace labnet::http {

class BodyDecoder {
 public:
  explicit BodyDecoder(Framing framing) : framing_{framing} {}

  struct Step {
    std::size_t used = 0;  // bytes of the input that are done with
    Bytes data{};          // of these, what belongs to the body: a view of the input, may be empty
  };
  /// input    what has come and is not used yet
  /// returns  at most one run of the body's bytes: call again with the rest until nothing is left of the input or the
  ///          body has ended, behind which nothing is used
  /// faults   of the chunked coding alone; close the connection
  Result<Step, ChunkFault> decode(Bytes input);

  /// A body that goes on until the connection closes never is by itself.
  bool finished() const;
  const Framing& framing() const { return framing_; }
  /// What the body has had so far.
  std::uint64_t body_bytes() const { return body_bytes_; }

 private:
  Framing framing_;
  ChunkedDecoder chunked_;
  std::uint64_t body_bytes_ = 0;
};

}  // namespace labnet::http
