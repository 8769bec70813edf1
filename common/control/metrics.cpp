#include "common/control/metrics.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/base/utf8.hpp"

namespace labnet::control {
namespace {

/// A backslash, a line's end and a quote begin with a backslash in a label's value; the first two in a help, too.
std::string escaped(std::string_view text, bool is_label) {
  std::string out;
  for (const char c : text) {
    if (c == '\n') {
      out += "\\n";
    } else if (c == '\\' || (c == '"' && is_label)) {
      out += '\\';
      out += c;
    } else {
      out += c;
    }
  }
  return out;
}

std::string text_of(const Metrics::Labels& labels) {
  if (labels.empty()) return {};
  std::string out;
  for (const auto& [name, value] : labels) {
    out += fmt::format("{}{}=\"{}\"", out.empty() ? '{' : ',', name, escaped(as_utf8(value), true));
  }
  return out + '}';
}

}  // namespace

Metrics::Family& Metrics::family(std::string_view name, std::string_view help, std::string_view type) {
  const auto found = std::ranges::find(families_, name, &Family::name);
  if (found != families_.end()) return *found;
  return families_.emplace_back(Family{std::string{name}, std::string{help}, type, {}});
}

void Metrics::counter(std::string_view name, std::string_view help, double value, const Labels& labels) {
  family(name, help, "counter").samples[text_of(labels)] += value;
}

void Metrics::gauge(std::string_view name, std::string_view help, double value, const Labels& labels) {
  family(name, help, "gauge").samples[text_of(labels)] += value;
}

void Metrics::add(const Metrics& other) {
  for (const auto& theirs : other.families_) {
    auto& ours = family(theirs.name, theirs.help, theirs.type);
    for (const auto& [labels, value] : theirs.samples) ours.samples[labels] += value;
  }
}

std::string Metrics::text() const {
  std::string out;
  for (const auto& one : families_) {
    out += fmt::format("# HELP {} {}\n# TYPE {} {}\n", one.name, escaped(one.help, false), one.name, one.type);
    for (const auto& [labels, value] : one.samples) out += fmt::format("{}{} {}\n", one.name, labels, value);
  }
  return out;
}

}  // namespace labnet::control
