#include "common/digest/nonces.hpp"

#include <fmt/format.h>

#include "common/base/text.hpp"
#include "common/crypto/hash.hpp"

namespace labnet::digest {
namespace {

constexpr std::size_t time_digits = 16;
constexpr std::size_t nonce_digits = time_digits + 64 + 16;  // the time, its code, the salt

}  // namespace

std::string Nonces::text_of(Time time, std::string_view client) const {
  auto text = fmt::format("{:016x}{}", time.time_since_epoch().count(), client);
  const auto code = crypto::to_hex(crypto::hmac(crypto::HashMethod::sha256, key_, as_bytes(std::string_view{text})));
  text.resize(time_digits);
  return text + code;
}

std::string Nonces::issue(Time now, std::uint64_t salt, std::string_view client) const {
  return text_of(now, client) + fmt::format("{:016x}", salt);
}

std::optional<Time> Nonces::time_of(std::string_view nonce, std::string_view client) const {
  if (nonce.size() != nonce_digits) return std::nullopt;
  const auto seconds = parse_integer<std::int64_t>(nonce.substr(0, time_digits), hexadecimal_base);
  if (!seconds) return std::nullopt;
  const Time time{std::chrono::seconds{*seconds}};
  const auto own = text_of(time, client);
  return equals_in_constant_time(nonce.substr(0, own.size()), own) ? std::optional{time} : std::nullopt;
}

Nonces::Verdict Nonces::look_at(std::string_view nonce, Time now, std::string_view client) const {
  const auto time = time_of(nonce, client);
  if (!time) return Verdict::wrong;
  return now - *time > lifetime ? Verdict::stale : Verdict::good;
}

Nonces::Verdict Nonces::use(std::string_view nonce, std::uint32_t count, Time now, std::string_view client) {
  const auto verdict = look_at(nonce, now, client);
  if (verdict == Verdict::wrong || count == 0) return Verdict::wrong;
  if (verdict == Verdict::stale || count > counts_per_nonce_max) return Verdict::stale;
  auto used = used_.lower_bound(nonce);
  if (used == used_.end() || used->first != nonce) {
    const bool is_full = used_.size() == used_max;
    // One that was forgotten for lack of room is older than all that are kept.
    if (is_full && used == used_.begin()) return Verdict::stale;
    used = used_.emplace_hint(used, nonce, Used{});
    if (is_full) used_.erase(used_.begin());
  }
  auto& counts = used->second.counts;
  if (counts.size() <= count) counts.resize(count + std::size_t{1});
  if (counts[count]) return Verdict::repeated;
  counts[count] = true;
  return Verdict::good;
}

}  // namespace labnet::digest
