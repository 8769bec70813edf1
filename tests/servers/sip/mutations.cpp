#include "tests/servers/sip/mutations.hpp"

#include <cstdlib>

#include "common/base/text.hpp"

namespace labnet::sip_server {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool has_sanitizer = true;
#else
constexpr bool has_sanitizer = false;
#endif
constexpr int mutations_usual = has_sanitizer ? 10'000 : 100'000;

}  // namespace

int mutations_wanted() {
  const char* const given = std::getenv("LABNET_SIP_MUTATIONS");
  return given == nullptr ? mutations_usual : parse_integer<int>(given).value_or(0);
}

bool is_memory_its_own() {
  return !has_sanitizer;
}

std::size_t Mutations::random(std::size_t below) {
  state_ = state_ * 1664525u + 1013904223u;
  return (state_ >> 8) % below;
}

void Mutations::break_up(std::string& text) {
  for (auto changes = 1 + random(4); changes > 0; --changes) change(text);
}

void Mutations::change(std::string& text) {
  const auto at = random(text.size());
  if (random(3) == 0) {
    text.erase(at, 1 + random(20));
  } else if (random(2) == 0) {
    text.insert(at, pieces_[random(pieces_.size())].substr(0, random(40)));
  } else {
    text[at] = static_cast<char>(random(256));
  }
  if (text.empty()) text = "x";
}

}  // namespace labnet::sip_server
