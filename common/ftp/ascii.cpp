// Line ends of TYPE A. Runs without one are copied whole: this is the path of every byte of a transfer.
#include "common/ftp/ascii.hpp"

#include <cstring>

namespace labnet::ftp {
namespace {

constexpr std::byte cr{'\r'};
constexpr std::byte lf{'\n'};

void append(Buffer& out, Bytes bytes) {
  out.insert(out.end(), bytes.begin(), bytes.end());
}

/// Takes what stands before the first `end` off the input; all of it if there is none.
Bytes take_until(Bytes& input, std::byte end) {
  const auto* const place = std::memchr(input.data(), std::to_integer<int>(end), input.size());
  const auto bytes = place ? static_cast<const std::byte*>(place) - input.data() : std::ssize(input);
  const auto taken = input.first(static_cast<std::size_t>(bytes));
  input = input.subspan(taken.size());
  return taken;
}

}  // namespace

void AsciiEncoder::encode(Bytes input, Buffer& out) {
  while (!input.empty()) {
    const auto run = take_until(input, lf);
    append(out, run);
    if (!run.empty()) after_cr_ = run.back() == cr;
    if (input.empty()) return;
    if (!after_cr_) out.push_back(cr);
    out.push_back(lf);
    after_cr_ = false;
    input = input.subspan(1);
  }
}

void AsciiDecoder::decode(Bytes input, Buffer& out) {
  while (!input.empty()) {
    if (has_cr_ && input.front() != lf) out.push_back(cr);
    append(out, take_until(input, cr));
    has_cr_ = !input.empty();
    if (has_cr_) input = input.subspan(1);
  }
}

void AsciiDecoder::finish(Buffer& out) {
  if (has_cr_) out.push_back(cr);
  has_cr_ = false;
}

}  // namespace labnet::ftp
