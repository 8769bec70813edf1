// Other people's TLS at the far end: openssl, curl, python.
#include <fmt/format.h>

#include "common/base/text.hpp"
#include "tests/common/net/tls_ends.hpp"
#include "tests/support/child.hpp"

namespace labnet::net {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class TlsPeers : public testing::TestWithParam<TlsVersion> {
 protected:
  Authority root{"Root"};
  Authority authority{"Lab CA", root};
  TlsIdentity identity = authority.issue({.names = "DNS:www.lab,IP:127.0.0.1"});
  std::shared_ptr<const TlsServer> server =
      server_of({.identities = {identity}, .protocols = {"http/1.1"}, .version_max = GetParam()});
  std::shared_ptr<const TlsClient> client = client_of({.ca_path = root.path(), .version_max = GetParam()});
  std::string version = GetParam() == TlsVersion::tls_1_2 ? "TLSv1.2" : "TLSv1.3";

  /// Answers one request of HTTP and finishes.
  TlsService::Handler one_reply() {
    return [serving = server](Stream stream) -> Task<void> {
      const auto accepted = co_await stream.accept_tls(serving, test_limit);
      if (!accepted) co_return;
      for (;;) {
        const auto line = co_await stream.read_line(1000, test_limit);
        if (!line) co_return;
        if (line->empty()) break;
      }
      const auto tls = stream.tls();
      const auto body = tls->protocol + (tls->is_resumed ? " resumed" : " fresh") + "\n";
      const auto written = co_await stream.write("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + body, test_limit);
      if (written) co_await stream.finish(test_limit);
    };
  }

  /// Connects our client to a server of somebody else's, sends a line, and returns the line that comes back.
  std::string exchange(std::uint16_t port, const std::string& line) {
    std::string answer;
    run_task([&](Worker& worker) -> Task<void> {
      auto stream = co_await Stream::connect(worker.executor(), loopback("tcp", port), test_limit);
      const auto connected = co_await stream->connect_tls(client, "www.lab", test_limit);
      if (!connected) throw std::runtime_error{stream->explain(connected.error())};
      EXPECT_EQ(stream->tls()->version, GetParam());
      answer = co_await pass_line(*stream, *stream, line);
      co_await stream->finish(test_limit);
    });
    return answer;
  }
};
INSTANTIATE_TEST_SUITE_P(Versions, TlsPeers, both_versions, version_name);

TEST_P(TlsPeers, CurlFetches) {
  const TlsService service{one_reply()};
  const auto url = "https://www.lab:" + service.port() + "/";
  const auto fetched = test::run({"curl", "--silent", "--show-error", "--verbose", "--http1.1", "--cacert", root.path(),
                                  "--tls-max", GetParam() == TlsVersion::tls_1_2 ? "1.2" : "1.3", "--resolve",
                                  "www.lab:" + service.port() + ":127.0.0.1", url});
  EXPECT_EQ(fetched.exit_code, 0) << fetched.errors;
  EXPECT_EQ(fetched.output, "http/1.1 fresh\n");
  EXPECT_THAT(fetched.errors, AllOf(HasSubstr("SSL connection using " + version),
                                    HasSubstr("SSL certificate verify ok"), HasSubstr("close notify")));
}

TEST_P(TlsPeers, CurlRefusesAnAuthorityThatItDoesNotKnow) {
  Authority other{"Other"};
  const TlsService service{one_reply()};
  const auto fetched = test::run(
      {"curl", "--silent", "--show-error", "--cacert", other.path(), "https://127.0.0.1:" + service.port() + "/"});
  EXPECT_EQ(fetched.exit_code, 60) << fetched.errors;  // "peer certificate cannot be authenticated"
}

TEST_P(TlsPeers, OpensslResumesByTicketAndById) {
  for (const bool by_id : {false, true}) {
    if (by_id && GetParam() == TlsVersion::tls_1_3) continue;  // there are only tickets
    const TlsService service{one_reply()};
    const auto session = authority.folder().path() + "/session";
    const auto ask = [&](const std::string& option) {
      // The shell feeds the request; -quiet would hide what is looked for, and without -ign_eof the end of it would end
      // the connection before the reply.
      const std::string ticket = by_id ? " -no_ticket" : "";
      return test::run({"sh", "-c",
                        "printf 'GET / HTTP/1.1\\r\\n\\r\\n' | exec openssl s_client -ign_eof -servername www.lab"
                        " -verify_return_error -CAfile " +
                            root.path() + " -connect 127.0.0.1:" + service.port() + ticket + " " + option + " " +
                            session});
    };
    const auto first = ask("-sess_out");
    EXPECT_THAT(first.output, AllOf(HasSubstr("New, " + version), HasSubstr(" fresh\n"), HasSubstr("Verification: OK")))
        << first.errors;
    const auto second = ask("-sess_in");
    EXPECT_THAT(second.output, AllOf(HasSubstr("Reused, " + version), HasSubstr(" resumed\n"))) << second.errors;
  }
}

TEST_P(TlsPeers, OpensslServesOurClient) {
  test::Child peer{{"openssl", "s_server", "-accept", "127.0.0.1:0", "-cert", identity.certificate_path, "-key",
                    identity.key_path, "-cert_chain", authority.path(), "-rev", "-naccept", "1"}};
  std::string port;
  while (port.empty()) {
    const auto line = peer.line();
    ASSERT_TRUE(line) << peer.wait().errors;
    if (line->starts_with("ACCEPT 127.0.0.1:")) port = line->substr(line->find(':') + 1);
  }
  EXPECT_EQ(exchange(*parse_integer<std::uint16_t>(port), "forwards"), "sdrawrof");
}

TEST_P(TlsPeers, PythonServesOurClient) {
  const std::string script = R"(
import socket, ssl, sys
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[1], sys.argv[2])
listener = socket.create_server(("127.0.0.1", 0))
listener.settimeout(10)
print(listener.getsockname()[1], flush=True)
connection, _ = listener.accept()
with context.wrap_socket(connection, server_side=True) as secured:
    line = secured.recv(1000).decode().strip()
    secured.sendall((line.upper() + " by " + secured.version() + "\r\n").encode())
    try:
        secured.unwrap().close()
        print("close_notify both ways", flush=True)
    except OSError as error:
        print(error, flush=True)
)";
  test::Child peer{{"python3", "-c", script, identity.certificate_path, identity.key_path}};
  const auto port = peer.line();
  ASSERT_TRUE(port) << peer.wait().errors;
  EXPECT_EQ(exchange(*parse_integer<std::uint16_t>(*port), "hello"), "HELLO by " + version);
  EXPECT_EQ(peer.line(), "close_notify both ways");
}

TEST_P(TlsPeers, PythonResumesItsControlConnectionForData) {
  // As an FTPS server that asks for it: the second and later connections must resume the session of the first.
  std::shared_ptr<Stream> control;
  const TlsService service{[&](Stream stream) -> Task<void> {
    const auto accepted = co_await stream.accept_tls(server, test_limit);
    if (!accepted) co_return;
    if (!control) {
      control = std::make_shared<Stream>(std::move(stream));
      co_await control->write("220 ready\r\n", test_limit);
      co_await control->read_line(1000, test_limit);  // which is the end
      co_await control->finish(test_limit);
      control.reset();  // a stream must not outlive its worker
      co_return;
    }
    co_await stream.write(stream.resumes_session_of(*control) ? "150 yours" : "522 not yours");
    co_await stream.finish(test_limit);
  }};
  const std::string script = R"(
import socket, ssl, sys
context = ssl.create_default_context(cafile=sys.argv[1])
def connect(session=None):
    plain = socket.create_connection(("127.0.0.1", int(sys.argv[2])), 10)
    return context.wrap_socket(plain, server_hostname="www.lab", session=session)
control = connect()
control.recv(1000)
for session in (control.session, control.session, None):
    data = connect(session)
    reply = data.recv(1000).decode()
    end = data.recv(1000)
    print(reply, data.session_reused, end, flush=True)
    data.unwrap().close()
control.unwrap().close()
)";
  const auto ended = test::run({"python3", "-c", script, root.path(), service.port()});
  EXPECT_EQ(ended.output, "150 yours True b''\n150 yours True b''\n522 not yours False b''\n") << ended.errors;
}

/// One packet for text2pcap, which takes "O" for the direction of the ports as given and "I" for the other.
std::string hex_dump(bool is_sent, std::string_view bytes) {
  std::string dump = is_sent ? "O\n" : "I\n";
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i % 16 == 0) dump += fmt::format("{}{:06x}", i == 0 ? "" : "\n", i);
    dump += fmt::format(" {:02x}", static_cast<unsigned char>(bytes[i]));
  }
  return dump + "\n\n";
}

TEST_P(TlsPeers, TsharkDecryptsByTheKeyLog) {
  const auto& folder = authority.folder();
  const auto keys = folder.path() + "/keys.log";
  const auto logging = server_of({.identities = {identity}, .version_max = GetParam(), .key_log = *KeyLog::open(keys)});
  std::string packets;
  run_task([&](Worker& worker) -> Task<void> {
    BareTls bare{BareTls::Role::client};
    bare.set_tap([&](bool is_sent, std::string_view records) { packets += hex_dump(is_sent, records); });
    auto ends = co_await connect_ends(worker);
    const auto results = co_await both(worker, ends.server.accept_tls(logging), bare.shake_hands(ends.client));
    EXPECT_TRUE(results.first && results.second);
    EXPECT_TRUE(co_await ends.client.write(bare.encrypt("question under seal\r\n")));
    EXPECT_EQ(*co_await ends.server.read_line(100, test_limit), "question under seal");
    EXPECT_TRUE(co_await ends.server.write("answer under seal\r\n"));
    for (std::string text; text.empty(); text = bare.decrypt()) {
      const auto received = co_await bare.receive(ends.client);
      if (!received) co_return;
    }
  });
  const auto capture = folder.path() + "/tls.pcap";
  const auto made = test::run({"text2pcap", "-D", "-T", "40000,443", folder.write("packets", packets), capture});
  ASSERT_EQ(made.exit_code, 0) << made.errors;
  const auto follow = [&](const std::string& key_file) {
    return test::run({"tshark", "-r", capture, "-q", "-o", "tls.keylog_file:" + key_file, "-z", "follow,tls,ascii,0"},
                     {.patience = std::chrono::seconds{60}})
        .output;
  };
  EXPECT_THAT(follow(keys), AllOf(HasSubstr("question under seal"), HasSubstr("answer under seal")));
  EXPECT_THAT(follow("/dev/null"), Not(HasSubstr("under seal")));
}

}  // namespace
}  // namespace labnet::net
