#include "tests/servers/sip/service_phone.hpp"

#include <fmt/format.h>

namespace labnet::sip_server {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

PhoneRequest registration_of(const std::string& user, std::uint16_t port, const std::string& parameters) {
  return {.method = "REGISTER",
          .uri = "sip:labnet",
          .from = fmt::format("<sip:{}@labnet>;tag=r", user),
          .to = fmt::format("<sip:{}@labnet>", user),
          .call_id = fmt::format("reg-{}", user),
          .more = {fmt::format("Contact: <sip:{}@127.0.0.1:{}{}>", user, port, parameters)}};
}

/// The same request again, with what the 401 asks for.
void authorize(PhoneRequest& request, const std::string& refusal, const std::string& user,
               const std::string& password) {
  const auto challenge = sip::parse_challenge(header_of(refusal, "WWW-Authenticate"));
  ASSERT_TRUE(challenge) << refusal;
  digest::Credentials credentials{
      .user = user, .realm = challenge->realm, .nonce = challenge->nonce, .uri = "sip:labnet", .cnonce = "c"};
  credentials.response = digest::response_of(
      credentials, "REGISTER", digest::secret_of(digest::Algorithm::md5, user, challenge->realm, password));
  request.cseq = 2;
  request.more.push_back("Authorization: " + digest::to_text(credentials));
}

}  // namespace

std::string by_tcp(std::string request) {
  const std::string_view udp = "SIP/2.0/UDP";
  return request.replace(request.find(udp), udp.size(), "SIP/2.0/TCP");
}

void register_by(const DatagramClient& phone, std::uint16_t server, const std::string& user,
                 const std::string& password) {
  auto request = registration_of(user, phone.port(), "");
  phone.send(text_of(request), server);
  authorize(request, phone.receive(), user, password);
  phone.send(text_of(request), server);
  const auto options = phone.receive();
  EXPECT_THAT(options, StartsWith(fmt::format("OPTIONS sip:{}@127.0.0.1:{} SIP/2.0", user, phone.port())));
  EXPECT_THAT(phone.receive(), StartsWith("SIP/2.0 200 OK"));
  phone.send(answer_to(options, {}), server);
}

void register_by_tcp(const test::TcpClient& phone, const std::string& user, const std::string& password) {
  auto request = registration_of(user, phone.local_port(), ";transport=tcp");
  phone.send(by_tcp(text_of(request)));
  authorize(request, phone.receive(), user, password);
  phone.send(by_tcp(text_of(request)));
  std::string all;
  while (all.find("SIP/2.0 200 OK") == all.npos) {
    const auto some = phone.receive();
    ASSERT_NE(some, "") << all;
    all += some;
  }
  EXPECT_THAT(all, HasSubstr("OPTIONS "));
}

}  // namespace labnet::sip_server
