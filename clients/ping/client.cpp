// Sends echo requests to one host, one after the other.
#include "clients/ping/client.hpp"

#include <poll.h>

#include <algorithm>
#include <array>

#include "common/resolver/resolver.hpp"

namespace labnet::ping {
namespace {

using Steady = std::chrono::steady_clock;  // for intervals; the kernel's times of arrival are of the system clock

/// One run: when the next request is due, and how long to wait for what is still to come.
class Run {
 public:
  Run(const Options& options, EchoSocket& socket, Ipv4Address destination,
      const std::function<void(const Event&)>& on_event)
      : options_{options},
        socket_{socket},
        destination_{destination},
        on_event_{on_event},
        tracker_{options.style, options.payload_bytes},
        next_sequence_number_{options.first_sequence_number} {}

  Summary run(int stop) {
    while (true) {
      if (is_send_due()) send_next();
      if (is_done() || !wait(stop)) break;
      take_arrived();
      expire();
    }
    return tracker_.summary(Steady::now() - started_);
  }

 private:
  bool is_one_by_one() const { return options_.style == Style::windows; }
  bool has_more_to_send() const { return !options_.count || sent_ < *options_.count; }
  bool is_blocked() const { return is_one_by_one() && tracker_.waiting() > 0; }
  bool is_send_due() const { return has_more_to_send() && !is_blocked() && Steady::now() >= next_send_; }

  bool is_done() const {
    if (has_more_to_send()) return false;
    return tracker_.waiting() == 0 || Steady::now() >= give_up_time();
  }

  /// iputils' rule: a host that answered before is given twice its slowest reply, or one interval if that is longer.
  Steady::time_point give_up_time() const {
    if (is_one_by_one() || slowest_ == Steady::duration::zero()) return last_send_ + options_.timeout;
    return last_send_ +
           std::min<Steady::duration>(std::max<Steady::duration>(2 * slowest_, options_.interval), options_.timeout);
  }

  Steady::time_point wake_time() const { return has_more_to_send() && !is_blocked() ? next_send_ : give_up_time(); }

  void send_next() {
    const auto now = Steady::now();
    const auto sequence_number = next_sequence_number_++;
    const Timestamp time = std::chrono::system_clock::now();
    tracker_.sent(sequence_number, time);
    const auto sent =
        socket_.send(destination_, sequence_number, make_payload(options_.style, options_.payload_bytes, time));
    if (!sent) {
      tracker_.failed(sequence_number);
      on_event_(SendFailed{sequence_number, sent.error()});
    }
    ++sent_;
    last_send_ = now;
    next_send_ = std::max(next_send_ + options_.interval, now);  // no burst after a delay
  }

  /// False if the run is to stop.
  bool wait(int stop) const {
    using std::chrono::milliseconds;
    const auto left = std::chrono::ceil<milliseconds>(wake_time() - Steady::now());
    const auto left_ms = std::clamp<std::int64_t>(left.count(), 0, 60'000);
    std::array<pollfd, 2> descriptors{{{socket_.descriptor(), POLLIN, 0}, {stop, POLLIN, 0}}};
    ::poll(descriptors.data(), descriptors.size(), static_cast<int>(left_ms));
    return descriptors[1].revents == 0;
  }

  void take_arrived() {
    while (const auto received = socket_.receive()) {
      if (const auto* const reply = std::get_if<EchoReply>(&*received)) {
        take(*reply);
      } else if (const auto& error = std::get<EchoError>(*received); tracker_.failed(error.sequence_number)) {
        on_event_(error);
      }
    }
  }

  void take(const EchoReply& reply) {
    const auto answer = tracker_.received(reply.message, reply.time);
    if (answer.match == EchoTracker::Match::foreign) return;
    slowest_ = std::max<Steady::duration>(slowest_, answer.round_trip);
    on_event_(Reply{reply.from, reply.message.sequence_number, reply.ttl, reply.message.payload.size(),
                    answer.round_trip, answer.match == EchoTracker::Match::duplicate});
  }

  void expire() {
    if (!is_one_by_one() || Steady::now() < give_up_time()) return;
    for (const auto sequence_number : tracker_.give_up()) on_event_(TimedOut{sequence_number});
  }

  const Options& options_;
  EchoSocket& socket_;
  Ipv4Address destination_;
  const std::function<void(const Event&)>& on_event_;
  EchoTracker tracker_;
  std::uint16_t next_sequence_number_;
  std::uint64_t sent_ = 0;
  Steady::time_point started_ = Steady::now();
  Steady::time_point next_send_ = started_;
  Steady::time_point last_send_ = started_;
  Steady::duration slowest_ = Steady::duration::zero();
};

}  // namespace

Result<Ipv4Address> resolve(const std::string& host, int stop) {
  const auto found = resolver::resolve(host, resolver::patience, {.family = resolver::Family::ipv4, .stop = stop});
  if (!found) return found.error();
  return std::get<Ipv4Address>(found->front());
}

Result<Client> Client::open(const Options& options) {
  auto socket = EchoSocket::open(options);
  if (!socket) return socket.error();
  return Client{options, std::move(*socket)};
}

Summary Client::run(Ipv4Address destination, const std::function<void(const Event&)>& on_event, int stop) {
  return Run{options_, socket_, destination, on_event}.run(stop);
}

}  // namespace labnet::ping
