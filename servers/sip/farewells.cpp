#include "servers/sip/farewells.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "servers/sip/limits.hpp"

namespace labnet::sip_server {
namespace {

/// Requests that went out after the call had been written down had higher numbers, and a gap is no fault (RFC 3261,
/// section 12.2.2).
constexpr std::uint32_t cseq_leap = 1'000'000;

}  // namespace

Buffer bye_text(sip::Dialog& dialog, std::string_view via, std::string_view software) {
  Buffer request;
  sip::MessageWriter writer{request};
  dialog.begin_request(writer, sip::Method::bye, via);
  if (!software.empty()) writer.header(sip::HeaderName::user_agent, software);
  if (!writer.finish()) request.clear();
  return request;
}

void Farewells::say(const KeptCall& call, sip::TimePoint now, WallTime wall) {
  const auto parting = std::make_shared<Parting>();
  auto& record = parting->record;
  record.number = call.number;
  record.call_id = call.call_id;
  record.caller = call.caller;
  record.callee = call.callee;
  record.began = now - std::max(wall - call.began, std::chrono::seconds{0});
  record.status = 200;
  record.ender = Ender::exchange;
  parting->open = call.sides.size();
  const bool is_too_old = wall - call.began > kept_call_age_max;
  for (std::size_t i = 0; i < call.sides.size(); ++i) {
    Farewell farewell{call.sides[i], i == 0 ? call.caller : call.callee, now + farewell_patience, parting};
    farewell.side.dialog.local_cseq = std::min(farewell.side.dialog.local_cseq + cseq_leap, sip::cseq_max - 1);
    if (is_too_old) {
      finish(farewell, "is not told, as that is long ago", now);
    } else {
      add(std::move(farewell), now);
    }
  }
}

void Farewells::say(KeptSide side, sip::TimePoint now) {
  auto name = side.phone.user;
  add({std::move(side), std::move(name), now + farewell_patience, nullptr}, now);
}

void Farewells::add(Farewell farewell, sip::TimePoint now) {
  if (size() >= farewells_max) return finish(farewell, "is not told, as there are too many", now);
  next_.push_back(std::move(farewell));
  alarm_ = std::min(alarm_, now);
}

void Farewells::on_registration(std::string_view user, sip::TimePoint now) {
  if (lost_.empty()) return;
  const auto [begin, end] = lost_.equal_range(user);
  if (begin == end) return;
  for (auto one = begin; one != end; ++one) next_.push_front(std::move(one->second));
  lost_.erase(begin, end);
  alarm_ = now;
}

bool Farewells::on_answer(sip::ClientId client, int status, sip::TimePoint now) {
  const auto found = sent_.find(static_cast<std::uint64_t>(client));
  if (found == sent_.end()) return false;
  if (status > 0 && status < 200) return true;
  const auto farewell = std::move(found->second);
  sent_.erase(found);
  // 481 and the like say that it has ended there before.
  finish(farewell, status > 0 ? "has been told" : "has not answered the BYE", now);
  if (!next_.empty()) alarm_ = std::min(alarm_, now);
  return true;
}

void Farewells::on_timer(sip::TimePoint now) {
  if (now >= alarm_) {
    alarm_ = sip::never;
    while (!next_.empty() && sent_.size() < farewells_at_a_time_max) {
      auto farewell = std::move(next_.front());
      next_.pop_front();
      send(std::move(farewell), now);
    }
  }
  if (now >= lost_until_) give_up_on_the_lost(now);
}

void Farewells::send(Farewell farewell, sip::TimePoint now) {
  auto& side = farewell.side;
  if (sip::is_stream(side.hop.transport)) {
    const auto way = surroundings_.phones.find(side.phone, side.hop, side.dialog.remote_target);
    if (!way && side.phone.user.empty()) return finish(farewell, "cannot be reached any more", now);
    if (!way) {
      lost_until_ = std::min(lost_until_, farewell.until);
      lost_.emplace(side.phone.user, std::move(farewell));
      return;
    }
    side.hop = *way;
  }
  auto dialog = sip::Dialog::of_record(side.dialog);
  const auto via = sip::via_text(surroundings_.transport.local(side.hop), surroundings_.tokens.branch());
  const auto request = bye_text(dialog, via, surroundings_.software);
  const auto client = surroundings_.transactions.send(request, side.hop, now);
  if (client == sip::ClientId::none) return finish(farewell, "cannot be reached", now);
  sent_.emplace(static_cast<std::uint64_t>(client), std::move(farewell));
}

void Farewells::give_up_on_the_lost(sip::TimePoint now) {
  lost_until_ = sip::never;
  for (auto one = lost_.begin(); one != lost_.end();) {
    if (one->second.until <= now) {
      finish(one->second, "has not registered again", now);
      one = lost_.erase(one);
    } else {
      lost_until_ = std::min(lost_until_, one->second.until);
      ++one;
    }
  }
}

void Farewells::finish(const Farewell& farewell, std::string_view outcome, sip::TimePoint now) {
  if (!farewell.parting) return;
  auto& parting = *farewell.parting;
  parting.told += fmt::format("{}{} {}", parting.told.empty() ? "" : ", ", farewell.name, outcome);
  if (--parting.open > 0) return;
  parting.record.ended = now;
  parting.record.cause = fmt::format("the exchange was killed during the call: {}", parting.told);
  surroundings_.on_call_end(parting.record);
}

}  // namespace labnet::sip_server
