// linphonec, a phone: with a folder of its own, told what to do by its standard input, and listened to.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/audio/samples.hpp"
#include "common/base/file_descriptor.hpp"
#include "tests/support/child.hpp"

namespace labnet::sip_server {

/// Where its port is its own: in a network of the test (TwoHosts). Plays from files, and records to one.
class Linphone {
 public:
  /// options  further ones: "-a" answers who calls
  explicit Linphone(audio::Samples says, const std::vector<std::string>& options = {});

  void tell(std::string_view line) const;
  /// Waits until it prints a line that holds this text.
  bool says(std::string_view text);
  /// Waits until it has heard so much.
  bool hears(unsigned seconds) const;
  /// Ends it. Returns what it has heard.
  audio::SampleBuffer quit();
  /// What it has printed, as far as it was waited for.
  const std::string& printed() const { return printed_; }

 private:
  test::TemporaryFolder folder_;
  FileDescriptor input_;
  std::optional<test::Child> process_;
  std::string printed_;
};

}  // namespace labnet::sip_server
