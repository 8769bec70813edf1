// sipsak, which asks SIP servers whether they are there.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/interop/sip_clients.hpp"

namespace labnet::sip_server {
namespace {

using testing::HasSubstr;

struct SipsakClient : SipClients {
  SipsakClient() : SipClients{{"sipsak", "--version"}, "sipsak"} {}
};

TEST_F(SipsakClient, HearsThatTheExchangeIsThere) {
  EXPECT_THAT(output_of({"sipsak", "-vv", "-s", "sip:101@" + server()}), HasSubstr("SIP/2.0 200 OK"));
}

TEST_F(SipsakClient, Registers) {
  const auto said = output_of({"sipsak", "-U", "-vv", "-C", "sip:101@127.0.0.1:5099", "-a", "secret", "-u", "101", "-x",
                               "60", "-s", "sip:101@" + server()});
  EXPECT_THAT(said, HasSubstr("completed successful"));
}

TEST_F(SipsakClient, DoesNotRegisterWithAnotherPassword) {
  const auto said = output_of({"sipsak", "-U", "-vv", "-C", "sip:101@127.0.0.1:5099", "-a", "wrong", "-u", "101", "-x",
                               "60", "-s", "sip:101@" + server()},
                              2);
  EXPECT_THAT(said, testing::Not(HasSubstr("completed successful")));
}

}  // namespace
}  // namespace labnet::sip_server
