// What programs say to people, in the languages there are.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "common/base/kinds.hpp"

namespace labnet {

enum class Language { english, spanish };

/// "en" or "es"
inline Kind<Language> language_kind() {
  return one_of<Language>({{"en", Language::english}, {"es", Language::spanish}});
}

/// A sentence in all of them; "{}" stands for what differs from one time to the next, in the same order in each. One
/// that is missing in a language, or has another number of places there, does not compile.
class Message {
 public:
  consteval Message(std::string_view english, std::string_view spanish) : english_{english}, spanish_{spanish} {
    if (english.empty() || spanish.empty()) throw "a message is said in every language";
    if (std::ranges::count(english, '{') != std::ranges::count(spanish, '{')) throw "the places differ";
  }

  constexpr std::string_view text(Language language) const {
    return language == Language::spanish ? spanish_ : english_;
  }
  template <class... Values>
  std::string in(Language language, const Values&... values) const {
    return fmt::format(fmt::runtime(text(language)), values...);
  }

 private:
  std::string_view english_, spanish_;
};

}  // namespace labnet
