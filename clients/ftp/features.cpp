#include "clients/ftp/features.hpp"

#include <algorithm>

#include "common/base/text.hpp"
#include "common/ftp/facts.hpp"

namespace labnet::ftp_client {
namespace {

std::string_view first_word(std::string_view line) {
  return line.substr(0, line.find(' '));
}

}  // namespace

Features::Features(const ftp::Reply& reply) {
  if (reply.code != 211 || reply.lines.size() < 3) return;
  for (const auto& line : std::vector(reply.lines.begin() + 1, reply.lines.end() - 1)) lines_.emplace_back(trim(line));
}

bool Features::has(std::string_view name) const {
  return std::ranges::any_of(lines_, [&](const auto& line) { return equals_ignoring_case(first_word(line), name); });
}

std::optional<std::string> Features::facts_to_ask_for() const {
  const auto is_mlst = [](const auto& line) { return equals_ignoring_case(first_word(line), "MLST"); };
  const auto line = std::ranges::find_if(lines_, is_mlst);
  if (line == lines_.end()) return std::nullopt;
  ftp::FactSet offered;
  bool lacks_one = false;
  for (const auto one : split(std::string_view{*line}.substr(std::min(line->find(' ') + 1, line->size())), ';')) {
    const auto is_on = one.ends_with('*');
    const auto name = is_on ? one.substr(0, one.size() - 1) : one;
    const auto known =
        std::ranges::find_if(ftp::fact_names, [&](std::string_view fact) { return equals_ignoring_case(fact, name); });
    if (known == ftp::fact_names.end()) continue;
    offered.add(static_cast<ftp::Fact>(known - ftp::fact_names.begin()));
    if (!is_on) lacks_one = true;
  }
  if (!lacks_one) return std::nullopt;
  return ftp::names_of(offered);
}

}  // namespace labnet::ftp_client
