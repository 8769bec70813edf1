// labnet sip: options to a phone, and what it does to lines and an exit code.
#include "clients/sip/program.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <vector>

#include "clients/sip/phone_input.hpp"
#include "common/audio/wav.hpp"
#include "common/base/utf8.hpp"
#include "common/files/part_file.hpp"

namespace labnet::sip_client {
namespace {

using namespace std::chrono_literals;
using net::Clock;
using net::Task;
using program::Console;
using program::Exit;
using program::Group;
using program::Options;
using program::Program;
using program::Run;

constexpr sip::Duration duration_default = 10s;
constexpr sip::Duration keys_after = 500ms;  // once the other side hears what is sent
constexpr int calls_taken_max = 1'000'000;
constexpr sip::Duration look_again = 50ms;  // whether all of a file has been played

// What calls have in common

TelephoneOptions options_of(const CallInput& input) {
  TelephoneOptions options;
  options.source = input.source;
  options.media = {.suppresses_silence = input.suppresses_silence,
                   .records = input.record || input.expect_sound,
                   .expected_tone_hz = input.expect_tone};
  options.config.calls_max = 1;
  return options;
}

/// A file that cannot be played is a mistake before anything is sent.
std::optional<Error> fault_of(const CallInput& input) {
  for (const auto& name : {input.source, input.expect_sound.value_or(SourceName{})}) {
    if (const auto source = make_source(name, 0); !source) return source.error();
  }
  return std::nullopt;
}

/// What happens in a call besides talking, and when.
struct Deed {
  sip::TimePoint at;
  std::function<void()> act;
};

std::vector<Deed> deeds_of(Telephone& telephone, const CallInput& input, sip::TimePoint began) {
  std::vector<Deed> deeds;
  if (!input.keys.empty()) deeds.push_back({began + keys_after, [&] { telephone.press(input.keys); }});
  if (input.hold_after) {
    const auto at = began + *input.hold_after;
    deeds.push_back({at, [&] { telephone.hold(true); }});
    deeds.push_back({at + input.hold_time, [&] { telephone.hold(false); }});
  }
  if (input.duration) deeds.push_back({began + *input.duration, [&] { telephone.hang_up(); }});
  std::ranges::stable_sort(deeds, {}, &Deed::at);
  return deeds;
}

/// From the answer to the end of the call.
Task<void> converse(Telephone& telephone, const CallInput& input) {
  const Telephone::Condition has_ended = [&] { return !telephone.has_call(); };
  const auto deeds = deeds_of(telephone, input, Clock::now());
  for (const auto& deed : deeds) {
    const bool is_over = co_await telephone.until(has_ended, deed.at);
    if (is_over) co_return;
    deed.act();
  }
  const bool ends_with_file = !input.duration && input.source.kind == SourceName::Kind::file;
  while (ends_with_file && !telephone.has_played()) {
    const bool is_over = co_await telephone.until(has_ended, Clock::now() + look_again);
    if (is_over || !telephone.has_call()) co_return;
  }
  if (ends_with_file) telephone.hang_up();
  co_await telephone.until(has_ended);
}

/// "busy: 486 Busy Here": what has become of a call that was not answered.
std::string outcome_of(const CallEnd& end) {
  const auto reason = printable(end.reason);
  if (end.reason.starts_with("no answer") || end.reason == "cancelled") return reason;
  if (end.ender == Ender::local || end.status == 487) return reason;
  if (end.status == 486 || end.status == 600) return fmt::format("busy: {}", reason);
  if (end.status == 603) return fmt::format("declined: {}", reason);
  if (end.status == 404) return fmt::format("there is no such number: {}", reason);
  if (end.status == 408 || end.status == 480) return fmt::format("no answer: {}", reason);
  return fmt::format("failed: {}", reason);
}

Result<void> save(const CallInput& input, const MediaSession& media, const MediaReport& report) {
  if (input.report) {
    if (const auto written = files::write_whole(*input.report, to_json(report)); !written) return written;
  }
  if (!input.record) return {};
  return files::write_whole(*input.record, as_text(audio::wav_of(media.recording(), audio::WavCoding::pcm16)));
}

/// What was measured, and whether what was expected was heard.
Result<MediaReport> report_of(const CallInput& input, const MediaSession& media) {
  auto report = media.report();
  if (!input.expect_sound) return report;
  auto sound = find_sound(*input.expect_sound, media.recording());
  if (!sound) return sound.error();
  report.sound = *std::move(sound);
  return report;
}

/// The report, the recording, and in the last line what has come of the call.
Exit conclude(Console& console, const Telephone& telephone, const CallInput& input) {
  const auto& end = telephone.end();
  if (!end) return console.fail("interrupted");
  const bool has_media = end->was_answered && telephone.media() != nullptr;
  if (!has_media) {
    print_line(console, outcome_of(*end));
    return Exit::failed;
  }
  const auto made = report_of(input, *telephone.media());
  if (!made) return console.fail(made.error());
  const auto& report = *made;
  console.write(to_text(report));
  if (const auto saved = save(input, *telephone.media(), report); !saved) return console.fail(saved.error());
  if (end->ender == Ender::fault) {
    print_line(console, fmt::format("answered, and failed: {}", printable(end->reason)));
    return Exit::failed;
  }
  if (report.tone && !has_tone(*report.tone)) {
    print_line(console, fmt::format("answered, and the tone of {:.0f} Hz was not heard", report.tone->frequency_hz));
    return Exit::failed;
  }
  if (report.sound && !has_sound(*report.sound)) {
    print_line(console, fmt::format("answered, and {} was not heard", printable(report.sound->name, 100)));
    return Exit::failed;
  }
  print_line(console, "answered");
  return Exit::done;
}

Task<Result<void>> register_if_wanted(Telephone& telephone, const PhoneInput& input) {
  const bool is_wanted = input.server && !input.user.password.empty();
  if (!is_wanted) co_return Result<void>{};
  co_return co_await telephone.register_at_server();
}

// register

struct RegisterInput {
  PhoneInput phone;
  sip::Duration duration{1000};
};

Task<Exit> stay_registered(Telephone& telephone, const RegisterInput& input, Console& console) {
  const auto registered = co_await telephone.register_at_server();
  if (!registered) co_return console.fail(registered.error());
  const Telephone::Condition nothing = [] { return false; };
  co_await telephone.until(nothing, Clock::now() + input.duration);
  if (telephone.cut_off_because()) co_return console.fail(*telephone.cut_off_because());
  co_await telephone.close();
  co_return Exit::done;
}

Run define_register(Options& options) {
  auto input = std::make_shared<RegisterInput>();
  declare(options, input->phone);
  options.option("--duration", "TIME", input->duration, "how long to stay registered; default: 1 s",
                 duration_between<sip::Duration>(0ms, 24h));
  declare_stay(options, input->phone);
  return [input](Console& console) {
    if (!input->phone.server) return console.wrong_usage("expected --server, where to register");
    return run_phone(console, input->phone, {},
                     [&](Telephone& telephone, net::Worker&) { return stay_registered(telephone, *input, console); });
  };
}

// unregister

Task<Exit> remove_registrations(Telephone& telephone, const PhoneInput& input, Console& console) {
  const auto removed = co_await telephone.remove_registrations();
  if (!removed) co_return console.fail(removed.error());
  print_line(console, fmt::format("no phone is registered as {} any more", printable(input.user.user, 100)));
  co_return Exit::done;
}

Run define_unregister(Options& options) {
  auto input = std::make_shared<PhoneInput>();
  declare(options, *input);
  return [input](Console& console) {
    if (!input->server) return console.wrong_usage("expected --server, where phones are registered");
    return run_phone(console, *input, {}, [&](Telephone& telephone, net::Worker&) {
      return remove_registrations(telephone, *input, console);
    });
  };
}

// call

struct OutgoingInput {
  PhoneInput phone;
  CallInput call;
  std::string number;
  std::chrono::seconds ring_timeout{60};
};

Task<Exit> make_call(Telephone& telephone, const OutgoingInput& input, Console& console) {
  const auto registered = co_await register_if_wanted(telephone, input.phone);
  if (!registered) co_return console.fail(registered.error());
  const auto called = telephone.call(input.number);
  if (!called) co_return console.fail(called.error());
  const Telephone::Condition is_decided = [&] { return telephone.is_answered() || !telephone.has_call(); };
  co_await telephone.until(is_decided);
  if (telephone.has_call()) co_await converse(telephone, input.call);
  co_await telephone.close();
  co_return conclude(console, telephone, input.call);
}

Run define_call(Options& options) {
  auto input = std::make_shared<OutgoingInput>();
  options.positional("NUMBER", input->number, "a number at the server, or an address: sip:102@192.168.1.8");
  declare(options, input->phone);
  declare_stay(options, input->phone);
  declare(options, input->call);
  options.option("--ring-timeout", "TIME", input->ring_timeout, "how long to let it ring; default: 60 s",
                 duration_between<std::chrono::seconds>(1s, 1h));
  return [input](Console& console) {
    if (!input->phone.server) return console.wrong_usage("expected --server, whom to ask for that number");
    if (const auto fault = fault_of(input->call)) return console.fail(*fault);
    const bool is_file = input->call.source.kind == SourceName::Kind::file;
    if (!input->call.duration && !is_file) input->call.duration = duration_default;
    auto telephone = options_of(input->call);
    telephone.config.ring_timeout = input->ring_timeout;
    return run_phone(console, input->phone, std::move(telephone),
                     [&](Telephone& phone, net::Worker&) { return make_call(phone, *input, console); });
  };
}

// answer

struct IncomingInput {
  PhoneInput phone;
  CallInput call;
  sip::Duration answer_after{0};
  std::optional<int> reject;
  int calls = 1;
};

/// One call, up to its end; false if the program is to end before one has come.
Task<bool> take_call(Telephone& telephone, const IncomingInput& input) {
  telephone.forget_call();
  const Telephone::Condition is_called = [&] { return telephone.has_call() || telephone.end(); };
  const bool came = co_await telephone.until(is_called);
  if (!came) co_return false;
  const Telephone::Condition is_decided = [&] { return telephone.is_answered() || !telephone.has_call(); };
  co_await telephone.until(is_decided);
  if (telephone.has_call()) co_await converse(telephone, input.call);
  co_return true;
}

Exit conclude(Console& console, const Telephone& telephone, const IncomingInput& input) {
  const auto exit = conclude(console, telephone, input.call);
  // Who was to refuse has done so.
  const bool is_refused = input.reject && telephone.end() && telephone.end()->status == *input.reject;
  return is_refused ? Exit::done : exit;
}

Task<Exit> take_calls(Telephone& telephone, const IncomingInput& input, Console& console) {
  const auto registered = co_await register_if_wanted(telephone, input.phone);
  if (!registered) co_return console.fail(registered.error());
  print_line(console, fmt::format("ready at {}", sip::to_string(telephone.local())));
  auto worst = Exit::done;
  for (int taken = 1; taken <= input.calls; ++taken) {
    const bool came = co_await take_call(telephone, input);
    if (!came) break;
    if (taken == input.calls) co_await telephone.close();  // the outcome is the last line
    const auto exit = conclude(console, telephone, input);
    if (exit != Exit::done) worst = exit;
  }
  if (telephone.cut_off_because()) co_return console.fail(*telephone.cut_off_because());
  co_await telephone.close();
  co_return worst;
}

Run define_answer(Options& options) {
  auto input = std::make_shared<IncomingInput>();
  declare(options, input->phone);
  declare_stay(options, input->phone);
  declare(options, input->call);
  options.option("--answer-after", "TIME", input->answer_after, "how long it rings before it is answered; default: 0",
                 duration_between<sip::Duration>(0ms, 1h));
  options.option("--calls", "N", input->calls, "how many calls to take, one after the other; default: 1",
                 between(1, calls_taken_max));
  options.excludes("--calls", "--record");
  options.excludes("--calls", "--report");
  options.option("--reject", "CODE", input->reject, "refuse the call: 486 busy, 603 declined ...", between(300, 699));
  return [input](Console& console) {
    if (!input->phone.server && !input->phone.listen) {
      return console.wrong_usage("expected --server, where to register, or --listen, where to be called");
    }
    if (const auto fault = fault_of(input->call)) return console.fail(*fault);
    auto telephone = options_of(input->call);
    telephone.answer_after = input->answer_after;
    telephone.answer_status = input->reject.value_or(200);
    return run_phone(console, input->phone, std::move(telephone),
                     [&](Telephone& phone, net::Worker&) { return take_calls(phone, *input, console); });
  };
}

// message

struct MessageInput {
  PhoneInput phone;
  std::string number, text;
};

Task<Exit> send_message(Telephone& telephone, const MessageInput& input, Console& console) {
  const auto status = co_await telephone.send_text(input.number, input.text);
  if (status == 0) co_return console.fail("interrupted");
  const bool is_sent = status >= 200 && status < 300;
  print_line(console, is_sent ? "delivered" : fmt::format("not delivered: {}", telephone.text_reason()));
  co_return is_sent ? Exit::done : Exit::failed;
}

Run define_message(Options& options) {
  auto input = std::make_shared<MessageInput>();
  options.positional("NUMBER", input->number, "a number at the server, or an address: sip:102@192.168.1.8");
  options.positional("TEXT", input->text, "one argument, in quotation marks; 1000 bytes at most");
  declare(options, input->phone);
  return [input](Console& console) {
    if (!input->phone.server) return console.wrong_usage("expected --server, whom to give the text to");
    if (input->text.size() > text_bytes_max) {
      return console.wrong_usage(fmt::format("a text has {} bytes at most", text_bytes_max));
    }
    return run_phone(console, input->phone, {},
                     [&](Telephone& phone, net::Worker&) { return send_message(phone, *input, console); });
  };
}

}  // namespace

const Program sip_register_program{"sip register", Group::clients, "Registers a phone at a SIP server",
                                   "labnet sip register -v --user 101:1234 --server voip.labredes71.com\n"
                                   "labnet sip register --user 101:1234 --server tls:192.168.1.7:5061 --insecure",
                                   define_register};
const Program sip_unregister_program{
    "sip unregister", Group::clients, "Removes all phones of a number from a SIP server",
    "labnet sip unregister --user 101:1234 --server voip.labredes71.com", define_unregister};
const Program sip_call_program{"sip call", Group::clients, "Calls a number, speaks, listens and measures",
                               "labnet sip call 102 --user 101:1234 --server voip.labredes71.com\n"
                               "labnet sip call 102 --user 101:1234 --server 192.168.1.7 --play tone:440 \\\n"
                               "    --expect-tone 880 --record heard.wav --duration 5\n"
                               "labnet sip call 102 --server 127.0.0.1:5070 --dtmf 123#",
                               define_call};
const Program sip_answer_program{"sip answer", Group::clients, "Waits for a call and answers it",
                                 "labnet sip answer --user 102:1234 --server 192.168.1.7 --answer-after 2\n"
                                 "labnet sip answer --listen 127.0.0.1:5070 --play tone:880\n"
                                 "labnet sip answer --listen 127.0.0.1:5070 --reject 486",
                                 define_answer};
const Program sip_message_program{"sip message", Group::clients, "Sends a text to a phone",
                                  "labnet sip message 102 \"good morning\" --user 101:1234 --server 192.168.1.7",
                                  define_message};

}  // namespace labnet::sip_client
