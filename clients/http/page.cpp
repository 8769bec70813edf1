#include "clients/http/page.hpp"

#include <algorithm>
#include <array>

#include "clients/http/limits.hpp"
#include "common/base/text.hpp"

namespace labnet::http_client {
namespace {

constexpr std::string_view blanks = " \t\r\n\f";

bool is_blank(char c) {
  return blanks.find(c) != std::string_view::npos;
}
bool is_letter(char c) {
  return to_lower(c) >= 'a' && to_lower(c) <= 'z';
}

std::string_view without_blanks(std::string_view text) {
  const auto begin = text.find_first_not_of(blanks);
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

/// From `from` on, in any case.
std::size_t find_ignoring_case(std::string_view text, std::string_view what, std::size_t from) {
  const auto is_same = [](char a, char b) { return to_lower(a) == to_lower(b); };
  const auto found = std::search(text.begin() + static_cast<std::ptrdiff_t>(std::min(from, text.size())), text.end(),
                                 what.begin(), what.end(), is_same);
  return found == text.end() ? text.npos : static_cast<std::size_t>(found - text.begin());
}

void append_utf8(std::string& text, std::uint32_t code) {
  const auto add = [&](std::uint32_t octet) { text += static_cast<char>(octet); };
  if (code < 0x80) {
    add(code);
  } else if (code < 0x800) {
    add(0xc0 | code >> 6);
    add(0x80 | (code & 0x3f));
  } else if (code < 0x10000) {
    add(0xe0 | code >> 12);
    add(0x80 | (code >> 6 & 0x3f));
    add(0x80 | (code & 0x3f));
  } else if (code < 0x110000) {
    add(0xf0 | code >> 18);
    add(0x80 | (code >> 12 & 0x3f));
    add(0x80 | (code >> 6 & 0x3f));
    add(0x80 | (code & 0x3f));
  }
}

/// Between "&" and ";": nothing if it is none of those that stand in URLs.
std::optional<std::uint32_t> entity(std::string_view name) {
  if (name.starts_with("#x") || name.starts_with("#X")) return parse_integer<std::uint32_t>(name.substr(2), 16);
  if (name.starts_with('#')) return parse_integer<std::uint32_t>(name.substr(1));
  constexpr std::array<std::pair<std::string_view, char>, 5> names{
      {{"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}}};
  for (const auto& [one, c] : names) {
    if (one == name) return static_cast<std::uint32_t>(c);
  }
  return std::nullopt;
}

std::string without_entities(std::string_view text) {
  constexpr std::size_t name_bytes_max = 10;
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto end = text[i] == '&' ? text.substr(i, name_bytes_max).find(';') : text.npos;
    const auto code = end == text.npos ? std::nullopt : entity(text.substr(i + 1, end - 1));
    if (!code) {
      plain += text[i];
      continue;
    }
    append_utf8(plain, *code);
    i += end;
  }
  return plain;
}

/// "a.png 1x, b.png 2x": the one for one dot per pixel, or else the first.
std::optional<std::string> choose_candidate(std::string_view srcset) {
  std::optional<std::string> first;
  for (std::size_t i = 0; i < candidates_max; ++i) {
    const auto begin = srcset.find_first_not_of(" \t\r\n\f,");
    if (begin == srcset.npos) break;
    srcset.remove_prefix(begin);
    auto url = srcset.substr(0, srcset.find_first_of(blanks));
    srcset.remove_prefix(url.size());
    std::string_view descriptor;
    if (url.ends_with(',')) {
      url = url.substr(0, url.find_last_not_of(',') + 1);
    } else {
      descriptor = without_blanks(srcset.substr(0, srcset.find(',')));
      srcset.remove_prefix(std::min(srcset.find(','), srcset.size()));
    }
    if (descriptor.empty() || descriptor == "1x") return std::string{url};
    if (!first) first = std::string{url};
  }
  return first;
}

bool has_word(std::string_view text, std::string_view word) {
  while (!text.empty()) {
    const auto begin = std::min(text.find_first_not_of(blanks), text.size());
    text.remove_prefix(begin);
    const auto one = text.substr(0, text.find_first_of(blanks));
    if (!one.empty() && equals_ignoring_case(one, word)) return true;
    text.remove_prefix(one.size());
  }
  return false;
}

/// A start tag: its name and its attributes.
struct Tag {
  std::string name;  // in small letters
  std::vector<std::pair<std::string, std::string>> attributes{};

  std::optional<std::string> find(std::string_view attribute) const {
    for (const auto& [one, value] : attributes) {
      if (one == attribute) return value;
    }
    return std::nullopt;
  }
  /// A reference: without blanks around it, and not empty.
  std::optional<std::string> reference(std::string_view attribute) const {
    const auto value = find(attribute);
    const auto trimmed = value ? without_blanks(*value) : std::string_view{};
    return trimmed.empty() ? std::nullopt : std::optional<std::string>{trimmed};
  }
};

class PageReader {
 public:
  explicit PageReader(std::string_view html) : html_{html} {}

  PageAssets read() {
    while (at_ < html_.size()) {
      at_ = html_.find('<', at_);
      if (at_ == html_.npos) break;
      read_markup();
    }
    return std::move(found_);
  }

 private:
  void read_markup() {
    const auto rest = html_.substr(at_);
    if (rest.starts_with("<!--")) return skip_behind("-->");
    const auto is_tag = rest.size() > 1 && is_letter(rest[1]);
    if (is_tag) return read_tag();
    const auto is_other = rest.size() > 1 && (rest[1] == '!' || rest[1] == '/' || rest[1] == '?');
    if (is_other) return skip_behind(">");
    ++at_;  // a "<" in text
  }

  void skip_behind(std::string_view end) {
    const auto place = html_.find(end, at_);
    at_ = place == html_.npos ? html_.size() : place + end.size();
  }

  void skip_blanks() {
    while (at_ < html_.size() && is_blank(html_[at_])) ++at_;
  }

  std::string_view take_until(std::string_view characters) {
    const auto end = std::min(html_.find_first_of(characters, at_), html_.size());
    const auto taken = html_.substr(at_, end - at_);
    at_ = end;
    return taken;
  }

  void read_tag() {
    ++at_;
    Tag tag;
    tag.name = to_lower(take_until(" \t\r\n\f/>"));
    while (read_attribute(tag)) {
    }
    on_tag(tag);
    constexpr auto raw =
        std::to_array<std::string_view>({"script", "style", "textarea", "title", "template", "noscript"});
    if (std::ranges::find(raw, tag.name) != raw.end()) skip_raw_text(tag.name);
  }

  /// False at the tag's end.
  bool read_attribute(Tag& tag) {
    while (at_ < html_.size() && (is_blank(html_[at_]) || html_[at_] == '/')) ++at_;
    if (at_ >= html_.size()) return false;
    if (html_[at_] == '>') return ++at_, false;
    const auto begin = at_;
    if (html_[at_] == '=') ++at_;  // belongs to the name, as browsers have it
    take_until(" \t\r\n\f/>=");
    auto name = to_lower(html_.substr(begin, at_ - begin));
    skip_blanks();
    std::string value;
    if (at_ < html_.size() && html_[at_] == '=') {
      ++at_;
      skip_blanks();
      value = read_value();
    }
    tag.attributes.emplace_back(std::move(name), std::move(value));
    return true;
  }

  std::string read_value() {
    if (at_ >= html_.size()) return {};
    const auto mark = html_[at_];
    if (mark != '"' && mark != '\'') return without_entities(take_until(" \t\r\n\f>"));
    ++at_;
    const auto value = take_until({&mark, 1});
    if (at_ < html_.size()) ++at_;
    return without_entities(value);
  }

  /// Up to the end tag there are no tags.
  void skip_raw_text(const std::string& name) {
    const auto end = std::min(find_ignoring_case(html_, "</" + name, at_), html_.size());
    if (name == "style") add_css(html_.substr(at_, end - at_));
    at_ = end;
  }

  void on_tag(const Tag& tag) {
    if (const auto style = tag.find("style")) add_css(*style);
    if (tag.name == "base" && !found_.base) found_.base = tag.reference("href");
    if (tag.name == "img") add_image(tag);
    if (tag.name == "input" && equals_ignoring_case(tag.find("type").value_or(""), "image"))
      add(AssetKind::image, tag.reference("src"));
    if (tag.name == "script") add(AssetKind::script, tag.reference("src"));
    if (tag.name == "link") add_link(tag);
    if (tag.name == "video" || tag.name == "audio") add_player(tag);
    if (tag.name == "source" && waits_for_source_) {
      add(AssetKind::media, tag.reference("src"));
      waits_for_source_ = !tag.reference("src");
    }
  }

  void add(AssetKind kind, std::optional<std::string> reference) {
    if (reference) found_.assets.push_back({kind, *std::move(reference)});
  }

  void add_image(const Tag& tag) {
    auto chosen = choose_candidate(tag.find("srcset").value_or(""));
    add(AssetKind::image, chosen ? std::move(chosen) : tag.reference("src"));
  }

  void add_link(const Tag& tag) {
    const auto relations = tag.find("rel").value_or("");
    if (has_word(relations, "stylesheet") && !has_word(relations, "alternate"))
      add(AssetKind::style, tag.reference("href"));
    if (!has_word(relations, "icon") || found_.names_icon || !tag.reference("href")) return;
    found_.names_icon = true;
    add(AssetKind::image, tag.reference("href"));
  }

  /// What it plays stands in itself, or in the first source behind it.
  void add_player(const Tag& tag) {
    add(AssetKind::image, tag.reference("poster"));
    add(AssetKind::media, tag.reference("src"));
    waits_for_source_ = !tag.reference("src");
  }

  void add_css(std::string_view css) {
    for (auto& asset : find_css_assets(css)) found_.assets.push_back(std::move(asset));
  }

  std::string_view html_;
  std::size_t at_ = 0;
  bool waits_for_source_ = false;
  PageAssets found_;
};

bool is_font(std::string_view reference) {
  const auto path = to_lower(reference.substr(0, reference.find_first_of("?#")));
  constexpr auto ends = std::to_array<std::string_view>({".woff2", ".woff", ".ttf", ".otf", ".eot"});
  return std::ranges::any_of(ends, [&](std::string_view end) { return path.ends_with(end); });
}

class CssReader {
 public:
  explicit CssReader(std::string_view css) : css_{css} {}

  std::vector<Asset> read() {
    while (at_ < css_.size()) {
      const auto rest = css_.substr(at_);
      if (rest.starts_with("/*")) {
        const auto end = css_.find("*/", at_ + 2);
        at_ = end == css_.npos ? css_.size() : end + 2;
      } else if (starts(rest, "@import")) {
        at_ += std::string_view{"@import"}.size();
        skip_blanks();
        if (starts(css_.substr(at_), "url(")) {
          read_url(AssetKind::style);
        } else {
          add(AssetKind::style, read_quoted());
        }
      } else if (starts(rest, "url(")) {
        read_url(AssetKind::image);
      } else if (rest.front() == '"' || rest.front() == '\'') {
        read_quoted();
      } else {
        ++at_;
      }
    }
    return std::move(found_);
  }

 private:
  static bool starts(std::string_view text, std::string_view word) {
    return text.size() >= word.size() && equals_ignoring_case(text.substr(0, word.size()), word);
  }
  void skip_blanks() {
    while (at_ < css_.size() && is_blank(css_[at_])) ++at_;
  }

  /// Empty if there is no quotation mark.
  std::string_view read_quoted() {
    if (at_ >= css_.size() || (css_[at_] != '"' && css_[at_] != '\'')) return {};
    const auto end = std::min(css_.find(css_[at_], at_ + 1), css_.size());
    const auto text = css_.substr(at_ + 1, end - at_ - 1);
    at_ = std::min(end + 1, css_.size());
    return text;
  }

  void read_url(AssetKind kind) {
    at_ += std::string_view{"url("}.size();
    skip_blanks();
    const auto is_quoted = at_ < css_.size() && (css_[at_] == '"' || css_[at_] == '\'');
    auto reference = is_quoted ? read_quoted() : std::string_view{};
    const auto end = std::min(css_.find(')', at_), css_.size());
    if (!is_quoted) reference = css_.substr(at_, end - at_);
    at_ = std::min(end + 1, css_.size());
    add(kind, reference);
  }

  void add(AssetKind kind, std::string_view reference) {
    reference = without_blanks(reference);
    if (reference.empty() || reference.starts_with('#')) return;
    if (kind == AssetKind::image && is_font(reference)) kind = AssetKind::font;
    found_.push_back({kind, std::string{reference}});
  }

  std::string_view css_;
  std::size_t at_ = 0;
  std::vector<Asset> found_;
};

}  // namespace

std::string_view name_of(AssetKind kind) {
  switch (kind) {
    case AssetKind::document:
      return "document";
    case AssetKind::style:
      return "style";
    case AssetKind::script:
      return "script";
    case AssetKind::image:
      return "image";
    case AssetKind::media:
      return "media";
    case AssetKind::font:
      return "font";
    case AssetKind::ocsp:
      return "ocsp";
  }
  return "";
}

PageAssets find_assets(std::string_view html) {
  return PageReader{html}.read();
}

std::vector<Asset> find_css_assets(std::string_view css) {
  return CssReader{css}.read();
}

}  // namespace labnet::http_client
