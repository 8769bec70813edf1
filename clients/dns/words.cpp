#include "clients/dns/words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "common/base/kinds.hpp"
#include "common/base/utf8.hpp"

namespace labnet::dns_client {
namespace {

using std::chrono::milliseconds;

/// One + option. A value is what stands behind "="; its absence in what was expected is told by a text.
struct PlusOption {
  enum class Form { on_or_off, value };
  std::string_view name;
  Form form;
  std::string_view help;
  /// on     false for "+noNAME"
  /// value  empty for an option that is on or off
  /// returns  what was expected in place of `value`; empty if it is right
  std::string (*set)(Request& request, bool on, const std::string& value);
};

template <auto member>
std::string set_shown(Request& request, bool on, const std::string&) {
  request.shown.*member = on;
  return {};
}

template <bool Options::*member>
std::string set_option(Request& request, bool on, const std::string&) {
  request.options.*member = on;
  return {};
}

template <bool Query::*member>
std::string set_query(Request& request, bool on, const std::string&) {
  request.query.*member = on;
  return {};
}

std::string set_edns(Request& request, bool on, const std::string&) {
  if (!on) request.query.edns.reset();
  if (on && !request.query.edns) request.query.edns.emplace();
  return {};
}

dns::EdnsHeader& edns_of(Request& request) {
  if (!request.query.edns) request.query.edns.emplace();
  return *request.query.edns;
}

std::string set_dnssec_ok(Request& request, bool on, const std::string&) {
  edns_of(request).dnssec_ok = on;
  return {};
}

template <class T>
std::string take(const Kind<T>& kind, const std::string& value, T& out) {
  const auto parsed = kind.parse(value);
  if (!parsed) return kind.expected;
  out = *parsed;
  return {};
}

std::string set_bufsize(Request& request, bool, const std::string& value) {
  return take(between<std::uint16_t>(0, 65535), value, edns_of(request).udp_payload_bytes);
}
std::string set_time(Request& request, bool, const std::string& value) {
  return take(duration_between(milliseconds{1}, Options::timeout_max), value, request.options.timeout);
}
std::string set_tries(Request& request, bool, const std::string& value) {
  return take(between(1, Options::tries_max), value, request.options.tries);
}
std::string set_retry(Request& request, bool, const std::string& value) {
  auto fault = take(between(0, Options::tries_max - 1), value, request.options.tries);
  if (fault.empty()) ++request.options.tries;
  return fault;
}
std::string set_all(Request& request, bool on, const std::string&) {
  request.shown.set_all(on);
  return {};
}

std::string set_trace(Request& request, bool on, const std::string&) {
  request.set_trace(on);
  return {};
}

using Form = PlusOption::Form;
constexpr std::array plus_options{
    PlusOption{"short", Form::on_or_off, "the data of the answers and nothing else", set_shown<&Shown::data_alone>},
    PlusOption{"tcp", Form::on_or_off, "ask over TCP from the start", set_option<&Options::over_tcp>},
    PlusOption{"vc", Form::on_or_off, "the same", set_option<&Options::over_tcp>},
    PlusOption{"trace", Form::on_or_off, "from the root down, server by server", set_trace},
    PlusOption{"ignore", Form::on_or_off, "do not ask over TCP if the reply is truncated",
               set_option<&Options::ignore_truncation>},
    PlusOption{"recurse", Form::on_or_off, "RD: the server is to look it up", set_query<&Query::recursion_desired>},
    PlusOption{"rdflag", Form::on_or_off, "the same", set_query<&Query::recursion_desired>},
    PlusOption{"adflag", Form::on_or_off, "AD in the query", set_query<&Query::authentic_data>},
    PlusOption{"cdflag", Form::on_or_off, "CD in the query", set_query<&Query::checking_disabled>},
    PlusOption{"edns", Form::on_or_off, "an OPT record in the query", set_edns},
    PlusOption{"dnssec", Form::on_or_off, "DO in the OPT record", set_dnssec_ok},
    PlusOption{"bufsize", Form::value, "the largest datagram offered, in bytes", set_bufsize},
    PlusOption{"time", Form::value, "how long to wait for a reply: 5, 300ms", set_time},
    PlusOption{"timeout", Form::value, "the same", set_time},
    PlusOption{"tries", Form::value, "how often to ask each server", set_tries},
    PlusOption{"retry", Form::value, "how often to ask it again", set_retry},
    PlusOption{"all", Form::on_or_off, "all that follows", set_all},
    PlusOption{"cmd", Form::on_or_off, "the first line", set_shown<&Shown::command>},
    PlusOption{"comments", Form::on_or_off, "header and headings", set_shown<&Shown::comments>},
    PlusOption{"question", Form::on_or_off, "the question", set_shown<&Shown::question>},
    PlusOption{"answer", Form::on_or_off, "the answer section", set_shown<&Shown::answer>},
    PlusOption{"authority", Form::on_or_off, "the authority section", set_shown<&Shown::authority>},
    PlusOption{"additional", Form::on_or_off, "the additional section", set_shown<&Shown::additional>},
    PlusOption{"stats", Form::on_or_off, "time, server and size", set_shown<&Shown::statistics>},
    PlusOption{"ttlid", Form::on_or_off, "the TTL of records", set_shown<&Shown::ttl>},
    PlusOption{"class", Form::on_or_off, "the class of records", set_shown<&Shown::dns_class>},
};

/// By its whole name, or by the beginning of only one: dig takes +rec and +norec, too.
const PlusOption* find_plus_option(std::string_view name) {
  const auto whole = std::ranges::find(plus_options, name, &PlusOption::name);
  if (whole != plus_options.end()) return &*whole;
  const PlusOption* found = nullptr;
  for (const auto& option : plus_options) {
    if (name.empty() || !option.name.starts_with(name)) continue;
    if (found != nullptr && found->set != option.set) return nullptr;
    found = &option;
  }
  return found;
}

Error unknown_option(std::string_view word) {
  std::vector<std::string> names;
  for (const auto& option : plus_options) names.push_back(fmt::format("+{}", option.name));
  const auto near = closest(word, names);
  return Error{fmt::format("there is no option {}{}; there are {}", printable(word, 60),
                           near.empty() ? "" : fmt::format("; did you mean {}?", near), join(names, " "))};
}

Result<void> read_plus_option(const std::string& word, Request& request) {
  const auto sign = word.find('=');
  const auto name = to_lower(std::string_view{word}.substr(1, sign == word.npos ? word.npos : sign - 1));
  const auto value = sign == word.npos ? std::string{} : word.substr(sign + 1);
  auto is_on = true;
  const auto* option = find_plus_option(name);
  if (option == nullptr && name.starts_with("no")) {
    option = find_plus_option(std::string_view{name}.substr(2));
    is_on = false;
  }
  if (option == nullptr || (!is_on && option->form == Form::value)) return unknown_option(word.substr(0, sign));
  if (option->form == Form::on_or_off && sign != word.npos) {
    return Error{fmt::format("+{} takes no value, found \"{}\"", option->name, printable(value, 60))};
  }
  const auto expected = option->set(request, is_on, value);
  if (expected.empty()) return {};
  return Error{fmt::format("+{}=: expected {}, found \"{}\"", option->name, expected, printable(value, 60))};
}

Error no_ixfr() {
  return Error{"the changes of a zone alone (IXFR) cannot be asked for here; AXFR transfers the whole zone"};
}

}  // namespace

void Shown::set_all(bool on) {
  command = comments = question = answer = authority = additional = statistics = on;
}

void Request::set_trace(bool on) {
  trace = on;
  if (!on) return;
  if (!query.edns) query.edns.emplace();
  query.edns->dnssec_ok = true;
  shown.comments = shown.question = shown.additional = shown.statistics = false;
}

Result<void> read_words(const std::vector<std::string>& words, bool has_name, Request& request) {
  auto& question = request.query.question;
  bool has_type = false;
  bool has_class = false;
  for (const auto& word : words) {
    if (word.starts_with('+')) {
      if (const auto read = read_plus_option(word, request); !read) return read.error();
    } else if (word.starts_with('@')) {
      request.server = word.substr(1);
      if (request.server.empty()) return Error{"expected a name or an address behind @"};
    } else if (to_lower(word).starts_with("ixfr=")) {
      return no_ixfr();
    } else if (const auto type = dns::parse_type(word); type && !has_type) {
      question.type = *type;
      has_type = true;
    } else if (const auto dns_class = dns::parse_class(word);
               dns_class && !has_class && *dns_class != dns::Class::any) {
      question.dns_class = *dns_class;
      has_class = true;
    } else if (has_name) {
      return Error{fmt::format("\"{}\" is one name too many", printable(word, 60))};
    } else {
      const auto name = dns::parse_name(word);
      if (!name) return Error{fmt::format("\"{}\" is no name: {}", printable(word, 60), dns::describe(name.error()))};
      question.name = *name;
      has_name = true;
    }
  }
  if (!has_name) return Error{"NAME is missing"};
  if (question.type == dns::Type::ixfr) return no_ixfr();
  return {};
}

std::string describe_plus_options() {
  std::string text;
  for (const auto& option : plus_options) {
    const auto form =
        option.form == Form::value ? fmt::format("+{}=N", option.name) : fmt::format("+[no]{}", option.name);
    text += fmt::format("{:<16}  {}\n", form, option.help);
  }
  return text;
}

}  // namespace labnet::dns_client
