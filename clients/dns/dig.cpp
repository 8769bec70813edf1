#include "clients/dns/dig.hpp"

#include <utility>

#include "clients/dns/hex.hpp"
#include "clients/dns/text.hpp"
#include "clients/dns/trace.hpp"
#include "clients/dns/transfer.hpp"

namespace labnet::dns_client {
namespace {

using program::Console;
using program::Exit;
using program::Format;

/// One question, asked and shown as dig does.
class Dig {
 public:
  Dig(Console& console, const DigJob& job) : console_{console}, job_{job}, request_{job.request} {}

  Exit run() {
    const auto lists_messages = job_.as_octets && is_json();
    if (lists_messages) console_.write("{\"messages\":[");
    const auto code = run_request();
    if (lists_messages) console_.write("]}\n");
    return code;
  }

 private:
  Exit run_request() {
    if (request_.trace) return run_trace();
    if (request_.query.question.type == dns::Type::axfr) return run_transfer();
    return run_question();
  }

  bool is_json() const { return job_.format == Format::json; }

  Observer observer() {
    return {.on_notice = [this](const std::string& sentence) { show_notice(sentence); },
            .on_message = [this](const Passage& message) { take(message); }};
  }

  void show_notice(const std::string& sentence) {
    const auto& shown = request_.shown;
    const auto tells = shown.comments || request_.trace || job_.as_octets;
    if (!is_json() && !shown.data_alone && tells) console_.print(";; {}\n", sentence);
  }

  void take(const Passage& message) {
    has_reply_ = message.direction == Passage::Direction::received;
    if (!job_.as_octets) return;
    if (!is_json()) return console_.write(to_hex_text(message));
    // At once: the messages of a transfer may be many.
    if (std::exchange(has_listed_, true)) console_.write(",");
    console_.write(to_hex_json(message));
  }

  /// What came of it, unless its octets are shown in its place.
  void show(const auto& outcome) {
    if (job_.as_octets) return;
    console_.write(is_json() ? to_json(outcome) : to_text(outcome, request_.shown, job_.command, when_));
  }

  Exit fail(const Error& error, bool has_reply) {
    console_.fail(error);
    return has_reply ? Exit::failed : Exit::no_reply;
  }

  Exit run_question() {
    const auto reply = net::run_to_end<Result<Reply>>([&](net::Worker& worker) {
      return ask(worker.executor(), request_.query, job_.servers, request_.options, observer());
    });
    if (!reply) return console_.fail(interrupted);
    if (!*reply) return fail(reply->error(), false);
    show(**reply);
    return Exit::done;
  }

  Exit run_transfer() {
    const auto transfer = net::run_to_end<Result<Transfer>>([&](net::Worker& worker) {
      return transfer_zone(worker.executor(), request_.query, job_.servers, request_.options, {}, observer());
    });
    if (!transfer) return console_.fail(interrupted);
    if (*transfer) {
      show(**transfer);
      return Exit::done;
    }
    if (has_reply_ && !is_json()) {
      const auto& shown = request_.shown;
      if (shown.command && !shown.data_alone) console_.write(command_text(job_.command));
      console_.write("; Transfer failed.\n");
    }
    return fail(transfer->error(), has_reply_);
  }

  Exit run_trace() {
    const auto& shown = request_.shown;
    const auto shows_steps = !is_json() && !job_.as_octets && !shown.data_alone;
    if (shows_steps && shown.command) console_.write(command_text(job_.command));
    std::vector<TraceStep> steps;
    const auto on_step = [&](const TraceStep& step) {
      steps.push_back(step);
      if (!shows_steps) return;
      console_.write(to_text(step, shown));
      console_.flush();  // whoever watches sees it go on
    };
    const TraceStart start{.local_servers = job_.servers, .root = job_.root, .port = job_.port, .family = job_.family};
    const auto end = net::run_to_end<TraceEnd>([&](net::Worker& worker) {
      return trace(worker.executor(), request_.query, start, request_.options, {}, observer(), on_step);
    });
    if (!end) return console_.fail(interrupted);
    if (!job_.as_octets && is_json()) console_.write(to_json(steps, *end));
    if (end->fault) return fail(*end->fault, end->has_reply);
    if (end->absence) console_.complain(*end->absence);
    if (!job_.as_octets && !is_json() && shown.data_alone) console_.write(to_text(steps.back().reply, shown, {}, {}));
    return Exit::done;
  }

  Console& console_;
  const DigJob& job_;
  const Request& request_;
  std::chrono::system_clock::time_point when_ = std::chrono::system_clock::now();
  bool has_reply_ = false;   // to what was sent last
  bool has_listed_ = false;  // a message, for --hex --format json
};

}  // namespace

Exit dig(Console& console, const DigJob& job) {
  return Dig{console, job}.run();
}

}  // namespace labnet::dns_client
