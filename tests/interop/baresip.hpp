// baresip, a phone: with a folder of its own, told what to do by TCP, and listened to.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "common/audio/samples.hpp"
#include "tests/support/child.hpp"
#include "tests/support/tcp.hpp"

namespace labnet::sip_server {

/// Where ports are all its own: in a network of the test (TwoHosts). Answers who calls.
class Baresip {
 public:
  /// user      of two digits behind a 1, which make its ports
  /// says      what it plays in a call, again from its beginning where that is shorter; PCMA is its only codec
  Baresip(unsigned user, const std::string& password, std::uint16_t server, audio::Samples says);

  /// Waits until it has registered.
  bool is_registered();
  void dial(unsigned number);
  /// "hangup", "hold", "resume" ...
  void tell(std::string_view command, std::string_view parameters = "");
  /// Waits for an event that has not been waited for: "CALL_ESTABLISHED".
  bool tells(std::string_view event);
  /// Waits until it has heard so much.
  bool hears(unsigned seconds) const;
  /// Ends it. Returns what it has heard in its last call.
  audio::SampleBuffer quit();
  /// What it has printed and told so far, for who wants to know why.
  const std::string& told() const { return told_; }

 private:
  bool take_more();
  std::string recording() const;

  test::TemporaryFolder folder_;
  std::uint16_t server_;
  std::optional<test::Child> process_;
  std::optional<test::TcpClient> control_;
  std::string told_;      // by TCP
  std::size_t read_ = 0;  // of it
};

}  // namespace labnet::sip_server
