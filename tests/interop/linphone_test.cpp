// linphonec, which calls and is called through the exchange.
#include "tests/interop/linphone.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "tests/interop/sip_audio.hpp"
#include "tests/interop/sip_clients.hpp"

namespace labnet::sip_server {
namespace {

class LinphoneClients : private OwnNetwork, public SipClients {
 protected:
  LinphoneClients() : SipClients{{"sh", "-c", "command -v linphonec"}, "linphone-cli"} {}

  /// Waits until it has done so.
  testing::AssertionResult registers(Linphone& phone, const std::string& user, const std::string& password) const {
    phone.tell(fmt::format("register sip:{}@{} sip:{} {}", user, server(), server(), password));
    // It tells nobody by itself, and while it is asked all the time it does nothing else.
    for (int looks = 0; looks < 100; ++looks) {
      std::this_thread::sleep_for(std::chrono::milliseconds{100});
      phone.tell("status register");
      if (!phone.says("registered")) break;
      if (phone.printed().find("registered, identity") != std::string::npos) return testing::AssertionSuccess();
    }
    return testing::AssertionFailure() << phone.printed();
  }
};

TEST_F(LinphoneClients, RegisterAndHearTheirEcho) {
  const auto said = speech(3, 12);
  Linphone phone{said};
  ASSERT_TRUE(registers(phone, "101", "secret"));
  phone.tell(fmt::format("call sip:600@{}", server()));
  ASSERT_TRUE(phone.says("Media streams established")) << phone.printed();
  ASSERT_TRUE(phone.hears(5)) << phone.printed();
  phone.tell("terminate");
  EXPECT_TRUE(phone.says("ended (No error)")) << phone.printed();
  EXPECT_THAT(service().wait_for_log("call ended"), testing::HasSubstr("101 has hung up"));
  // In pieces: to keep pace with its clock it leaves out or repeats a sample now and then.
  EXPECT_GT(likeness(said, phone.quit(), std::chrono::milliseconds{500}), 0.9);
}

TEST_F(LinphoneClients, AreCalledByThePhoneOfTheLab) {
  Linphone phone{tone(440, 12), {"-a"}};
  ASSERT_TRUE(registers(phone, "102", "geheim"));
  const auto caller = test::run({test::labnet(), "sip", "call", "102", "--user", "101:secret", "--server",
                                 "udp:" + server(), "--play", "tone:880", "--expect-tone", "440", "--duration", "4s"},
                                {.patience = 3 * test::patience});
  EXPECT_EQ(caller.exit_code, 0) << caller.output << caller.errors;
  EXPECT_THAT(caller.output, testing::EndsWith("\nanswered\n"));
  EXPECT_TRUE(phone.says("ended (No error)")) << phone.printed();
  EXPECT_GT(tone_share(phone.quit(), 880), 0.9);
}

TEST_F(LinphoneClients, EndTheirCallWhenAnExtensionIsBusy) {
  Linphone phone{tone(440, 1)};
  ASSERT_TRUE(registers(phone, "101", "secret"));
  phone.tell(fmt::format("call sip:602@{}", server()));
  EXPECT_TRUE(phone.says("error.")) << phone.printed();  // it says no more of a 486
  EXPECT_THAT(service().wait_for_log("call ended"), testing::HasSubstr("extension 602 refuses"));
}

}  // namespace
}  // namespace labnet::sip_server
