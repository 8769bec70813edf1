#include "tests/interop/linphone.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>

#include "tests/interop/sip_audio.hpp"

namespace labnet::sip_server {
namespace {

constexpr std::string_view settings = R"([sip]
sip_port=5190
sip_tcp_port=0
sip_tls_port=0
default_proxy=-1
[rtp]
audio_rtp_port=12000
)";

}  // namespace

Linphone::Linphone(audio::Samples says, const std::vector<std::string>& options) {
  const auto& path = folder_.path();
  folder_.write("said.wav", to_wav(says));
  const auto file = folder_.write("linphonerc", std::string{settings});
  std::filesystem::create_directories(path + "/.local/share/linphone");  // else it says that it cannot write there
  EXPECT_EQ(::mkfifo((path + "/input").c_str(), 0600), 0);
  input_ = FileDescriptor{::open((path + "/input").c_str(), O_RDWR | O_CLOEXEC)};
  test::How how;
  how.environment = {{"HOME", path}, {"TERM", "dumb"}};
  how.folder = path;
  std::vector<std::string> command{"sh", "-c", "exec \"$@\" < input 2>&1", "sh", "linphonec", "-c", file};
  command.insert(command.end(), options.begin(), options.end());
  process_.emplace(command, how);
  tell("soundcard use files");
  tell("play " + path + "/said.wav");
  tell("record " + path + "/heard.wav");
}

void Linphone::tell(std::string_view line) const {
  const auto text = std::string{line} + "\n";
  EXPECT_EQ(::write(input_.get(), text.data(), text.size()), static_cast<ssize_t>(text.size()));
}

bool Linphone::says(std::string_view text) {
  const auto until = std::chrono::steady_clock::now() + test::patience;
  while (std::chrono::steady_clock::now() < until) {
    const auto line = process_->line();
    if (!line) break;
    printed_ += *line + "\n";
    if (line->find(text) != line->npos) return true;
  }
  return false;
}

bool Linphone::hears(unsigned seconds) const {
  constexpr std::size_t wav_header_bytes_max = 200;
  return test::eventually([&] {
    std::error_code none;
    const auto bytes = std::filesystem::file_size(folder_.path() + "/heard.wav", none);
    return !none && bytes > seconds * 2 * audio::telephone_rate_hz + wav_header_bytes_max;
  });
}

audio::SampleBuffer Linphone::quit() {
  tell("quit");
  process_->wait();
  auto file = test::read_file(folder_.path() + "/heard.wav");
  // It says that there are more samples than it has written: "up to the end" is what is right.
  constexpr std::size_t at_size_of_data = 40;
  if (file.size() > at_size_of_data) file.replace(at_size_of_data, 4, 4, '\0');
  return from_wav(file);
}

}  // namespace labnet::sip_server
