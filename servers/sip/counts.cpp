#include "servers/sip/counts.hpp"

#include <fmt/format.h>

namespace labnet::sip_server {
namespace {

double number(std::uint64_t count) {
  return static_cast<double>(count);
}

}  // namespace

void Counts::measure(control::Metrics& out) const {
  for (std::size_t i = 0; i < requests.size(); ++i) {
    const auto name = sip::name_of(sip::Method{static_cast<std::uint8_t>(i)});
    out.counter("labnet_sip_requests_total", "Requests from phones by their method, without repetitions.",
                number(requests[i]), {{"method", name.empty() ? "other" : std::string{name}}});
  }
}

void SentCounts::measure(control::Metrics& out) const {
  for (std::size_t i = 1; i < responses.size(); ++i) {
    out.counter("labnet_sip_responses_sent_total", "Responses by the first digit of their status, with repetitions.",
                number(responses[i]), {{"class", fmt::format("{}xx", i)}});
  }
}

void CallCounts::measure(control::Metrics& out) const {
  constexpr std::string_view help = "Calls that have ended, by whether they were answered.";
  out.counter("labnet_sip_calls_total", help, number(answered), {{"result", "answered"}});
  out.counter("labnet_sip_calls_total", help, number(unanswered), {{"result", "unanswered"}});
}

}  // namespace labnet::sip_server
