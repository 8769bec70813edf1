#include "tests/interop/baresip.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <stdexcept>

#include "tests/interop/sip_audio.hpp"

namespace labnet::sip_server {
namespace {

constexpr std::size_t wav_header_bytes_max = 200;
constexpr std::size_t bytes_per_second = 2 * audio::telephone_rate_hz;

/// It takes the port behind its own, too, and two for each call. Its filter writes down what it says and hears; to play
/// what it hears it has nothing but a device that nobody listens to.
std::string configuration(unsigned number, const std::string& folder) {
  return fmt::format(R"(sip_listen 127.0.0.1:{sip}
net_interface 127.0.0.1
rtp_ports {rtp}-{rtp_last}
audio_source aufile,{folder}/said.wav
audio_player aubridge,nobody
audio_alert aubridge,nobody
ausrc_srate 8000
auplay_srate 8000
ausrc_channels 1
auplay_channels 1
snd_path {folder}
module_path /usr/lib/baresip/modules
module g711.so
module aufile.so
module sndfile.so
module aubridge.so
module_app account.so
module_app menu.so
module_app ctrl_tcp.so
ctrl_tcp_listen 127.0.0.1:{control}
)",
                     fmt::arg("sip", 5100 + 4 * number), fmt::arg("rtp", 10000 + 100 * number),
                     fmt::arg("rtp_last", 10098 + 100 * number), fmt::arg("control", 4400 + number),
                     fmt::arg("folder", folder));
}

}  // namespace

Baresip::Baresip(unsigned user, const std::string& password, std::uint16_t server, audio::Samples says)
    : server_{server} {
  const auto number = user % 100;
  folder_.write("config", configuration(number, folder_.path()));
  folder_.write("accounts", fmt::format("<sip:{0}@127.0.0.1:{1}>;auth_user={0};auth_pass={2};answermode=auto;"
                                        "audio_codecs=pcma;regint=300\n",
                                        user, server, password));
  folder_.write("said.wav", to_wav(says));
  test::How how;
  how.environment = {{"HOME", folder_.path()}, {"TERM", "dumb"}};
  how.folder = folder_.path();
  process_.emplace(std::vector<std::string>{"baresip", "-f", folder_.path()}, how);
  const bool has_begun = test::eventually([&] {
    try {
      control_.emplace(static_cast<std::uint16_t>(4400 + number));
      return true;
    } catch (const std::runtime_error&) {
      return false;
    }
  });
  if (!has_begun) throw std::runtime_error{"baresip does not begin"};
}

bool Baresip::is_registered() {
  return test::eventually([&] {
    const auto before = told_.size();
    tell("reginfo");
    while (told_.find("\"response\"", before) == told_.npos) {
      if (!take_more()) return false;
    }
    return told_.find("OK ", before) != told_.npos;
  });
}

void Baresip::dial(unsigned number) {
  tell("dial", fmt::format("sip:{}@127.0.0.1:{}", number, server_));
}

void Baresip::tell(std::string_view command, std::string_view parameters) {
  const auto text = fmt::format(R"({{"command":"{}","params":"{}","token":"t"}})", command, parameters);
  control_->send(fmt::format("{}:{},", text.size(), text));
}

bool Baresip::take_more() {
  const auto more = control_->receive();
  told_ += more;
  return !more.empty();
}

bool Baresip::tells(std::string_view event) {
  const auto wanted = fmt::format(R"("type":"{}")", event);
  const auto until = std::chrono::steady_clock::now() + test::patience;
  for (;;) {
    if (const auto at = told_.find(wanted, read_); at != told_.npos) {
      read_ = at + wanted.size();
      return true;
    }
    if (std::chrono::steady_clock::now() > until || !take_more()) return false;
  }
}

std::string Baresip::recording() const {
  std::string last;
  for (const auto& entry : std::filesystem::directory_iterator{folder_.path()}) {
    const auto path = entry.path().string();
    if (path.ends_with("-dec.wav") && path > last) last = path;
  }
  return last;
}

bool Baresip::hears(unsigned seconds) const {
  return test::eventually([&] {
    const auto file = recording();
    return !file.empty() && std::filesystem::file_size(file) > seconds * bytes_per_second + wav_header_bytes_max;
  });
}

audio::SampleBuffer Baresip::quit() {
  tell("quit");
  process_->wait();
  return from_wav(test::read_file(recording()));
}

}  // namespace labnet::sip_server
