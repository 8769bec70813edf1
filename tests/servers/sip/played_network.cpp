#include "tests/servers/sip/played_network.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "common/sip/writer.hpp"

namespace labnet::sip_server {

std::string header_of(const std::string& text, const std::string& name) {
  const auto at = text.find("\r\n" + name + ": ");
  if (at == std::string::npos) return {};
  const auto begin = at + 2 + name.size() + 2;
  return text.substr(begin, text.find("\r\n", begin) - begin);
}

std::string text_of(const PhoneRequest& request) {
  const auto branch = request.branch.empty()
                          ? fmt::format("z9hG4bK{}{}{}{}", request.call_id, request.cseq, request.method, request.phone)
                          : request.branch;
  auto text = fmt::format(
      "{} {} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.{}:5060;branch={};rport\r\nMax-Forwards: 70\r\nFrom: {}\r\nTo: {}\r\n"
      "Call-ID: {}\r\nCSeq: {} {}\r\n",
      request.method, request.uri, request.phone, branch, request.from, request.to, request.call_id, request.cseq,
      request.method);
  for (const auto& line : request.more) text += line + "\r\n";
  if (!request.body.empty()) text += "Content-Type: application/sdp\r\n";
  return text + fmt::format("Content-Length: {}\r\n\r\n{}", request.body.size(), request.body);
}

std::string answer_to(const std::string& request, const PhoneResponse& response) {
  sip::Message message;
  EXPECT_TRUE(message.read(as_bytes(request))) << request;
  Buffer bytes;
  sip::MessageWriter writer{bytes};
  writer.begin_response(message, {.status = response.status,
                                  .reason = response.reason,
                                  .to_tag = response.status == 100 ? "" : response.to_tag,
                                  .contact = response.contact});
  const auto whole = response.body.empty()
                         ? writer.finish()
                         : writer.finish("application/sdp", as_bytes(std::string_view{response.body}));
  return std::string{as_text(*whole)};
}

std::string description(int phone, const std::string& direction, const std::string& formats, int version) {
  return fmt::format(
      "v=0\r\no=- 1 {} IN IP4 127.0.0.{}\r\ns=-\r\nc=IN IP4 127.0.0.{}\r\nt=0 0\r\nm=audio 40000 RTP/AVP "
      "{}\r\na={}\r\n",
      version, phone, phone, formats, direction);
}

void register_phone(PlayedNetwork& network, const std::string& user, const std::string& password, int phone,
                    const sip::Hop& hop) {
  PhoneRequest request{.method = "REGISTER",
                       .uri = "sip:labnet",
                       .phone = phone,
                       .from = fmt::format("<sip:{}@labnet>;tag=r", user),
                       .to = fmt::format("<sip:{}@labnet>", user),
                       .call_id = fmt::format("reg-{}-{}-{}", user, phone, hop.connection),
                       .more = {fmt::format("Contact: <sip:{}@127.0.0.{}:5060>", user, phone), "Expires: 3600"}};
  network.take_sent();
  network.arrive(text_of(request), hop);
  const auto challenged = network.take_sent();
  ASSERT_EQ(challenged.size(), 1u);
  const auto challenge = sip::parse_challenge(header_of(challenged[0].text, "WWW-Authenticate"));
  ASSERT_TRUE(challenge) << challenged[0].text;
  digest::Credentials credentials{.user = user,
                                  .realm = challenge->realm,
                                  .nonce = challenge->nonce,
                                  .uri = "sip:labnet",
                                  .cnonce = "c",
                                  .nonce_count = 1};
  credentials.response = digest::response_of(
      credentials, "REGISTER", digest::secret_of(digest::Algorithm::md5, user, challenge->realm, password));
  request.cseq = 2;
  request.more.push_back("Authorization: " + digest::to_text(credentials));
  network.arrive(text_of(request), hop);
  for (const auto& sent : network.take_sent()) {
    if (sent.text.starts_with("OPTIONS ")) network.arrive(answer_to(sent.text, {}), hop);
  }
}

}  // namespace labnet::sip_server
