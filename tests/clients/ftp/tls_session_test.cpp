// Data connections in TLS that end well, and that do not.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "clients/ftp/session.hpp"
#include "tests/common/net/run_task.hpp"
#include "tests/common/net/test_certificates.hpp"

namespace labnet::ftp_client {
namespace {

using net::test_limit;
using testing::HasSubstr;

/// How the server's side of the data connection ends behind "some bytes".
enum class End { well, without_close_notify, in_plain_text };

class SecureData : public testing::Test {
 protected:
  /// A session up to its RETR; there is no order of commands that it minds.
  Task<void> serve(net::Worker& worker, net::Listener& listener, End end) {
    auto control = *co_await listener.accept_one(test_limit);
    co_await control.write("220 at your service\r\n");
    auto data_listener = *net::Listener::open(worker, net::loopback("tcp"));
    for (;;) {
      const auto line = co_await control.read_line(1000, test_limit);
      if (!line) co_return;
      std::string reply{"200 so be it\r\n"};
      if (line->starts_with("AUTH")) reply = "234 go ahead\r\n";
      if (*line == "EPSV") reply = fmt::format("229 (|||{}|)\r\n", data_listener->local().port);
      if (line->starts_with("RETR")) reply = "150 here it comes\r\n";
      co_await control.write(reply);
      if (line->starts_with("AUTH")) co_await control.accept_tls(server_, test_limit);
      if (!line->starts_with("RETR")) continue;
      auto data = *co_await data_listener->accept_one(test_limit);
      if (end != End::in_plain_text) co_await data.accept_tls(server_, test_limit);
      co_await data.write("some bytes");
      if (end == End::well) co_await data.end_writing(test_limit);
      data.close();
      co_await control.write("226 that was all\r\n");
    }
  }

  Task<std::string> retrieve(net::Worker& worker, net::Listener& listener, std::optional<std::uint64_t> bytes) {
    SessionOptions options;
    options.tls = *net::TlsClient::make({.ca_path = authority_.path()});
    options.host_name = "www.lab";
    Session session{worker, options, observer_};
    const std::vector<net::Endpoint> servers{listener.local()};
    const auto begun = co_await session.begin(servers);
    if (!begun) co_return begun.error().message;
    const auto secured = co_await session.secure();
    if (!secured) co_return secured.error().message;
    const auto is_protected = co_await session.protect_data();
    if (!is_protected) co_return is_protected.error().message;
    LinesDownload lines{[this](std::string_view line) -> Result<void> {
      received_ += line;
      return {};
    }};
    Transfer transfer;
    transfer.verb = "RETR";
    transfer.bytes = bytes;
    const auto done = co_await session.transfer(transfer, lines);
    co_return done ? to_text(done->reply) : done.error().message;
  }

  std::string retrieve(End end, std::optional<std::uint64_t> bytes = {}) {
    std::string outcome;
    net::run_task([&](net::Worker& worker) -> Task<void> {
      auto listener = *net::Listener::open(worker, net::loopback("tcp"));
      worker.spawn(serve(worker, *listener, end));
      outcome = co_await retrieve(worker, *listener, bytes);
    });
    return outcome;
  }

  net::Authority authority_{"lab CA"};
  std::shared_ptr<const net::TlsServer> server_ = *net::TlsServer::make({.identities = {authority_.issue()}});
  Observer observer_;
  std::string received_;
};

TEST_F(SecureData, EndsWell) {
  EXPECT_EQ(retrieve(End::well), "226 that was all");
  EXPECT_EQ(received_, "some bytes");
}

TEST_F(SecureData, MayHaveBeenCutByAnybodyIfItEndsWithoutCloseNotify) {
  EXPECT_THAT(retrieve(End::without_close_notify), HasSubstr("its last part may be missing"));
  EXPECT_THAT(retrieve(End::without_close_notify, 11), HasSubstr("its last part may be missing"));
}

TEST_F(SecureData, IsWholeWithoutCloseNotifyIfAsManyBytesHaveCome) {
  EXPECT_EQ(retrieve(End::without_close_notify, 10), "226 that was all");
}

TEST_F(SecureData, IsNoneInPlainText) {
  EXPECT_THAT(retrieve(End::in_plain_text), HasSubstr("the data connection: "));
  EXPECT_EQ(received_, "");
}

}  // namespace
}  // namespace labnet::ftp_client
