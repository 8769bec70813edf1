// A session with servers that say odd things.
#include "clients/ftp/session.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>

#include "clients/ftp/limits.hpp"
#include "common/ftp/limits.hpp"
#include "tests/clients/ftp/fake_server.hpp"
#include "tests/support/child.hpp"

namespace labnet::ftp_client {
namespace {

using ftp::Reply;
using test::data_and;
using test::FakeServer;
using test::FakeSession;
using test::line;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

/// Writes down what it is told.
class Notes final : public Observer {
 public:
  void on_notice(std::string_view sentence) override { notices.emplace_back(sentence); }
  void on_sent(std::string_view line) override { lines.push_back(fmt::format("-> {}", line)); }
  void on_received(std::string_view line) override { lines.push_back(fmt::format("<- {}", line)); }
  void on_data_opened(Opener opener, const net::Endpoint&) override { openers.push_back(opener); }
  void on_data_closed(std::uint64_t bytes) override { closed.push_back(bytes); }
  void on_progress(const Moved& moved) override { progress.push_back(moved); }

  std::vector<std::string> notices, lines;
  std::vector<Opener> openers;
  std::vector<std::uint64_t> closed;
  std::vector<Moved> progress;
};

/// Keeps what comes, in memory.
class Lines {
 public:
  LinesDownload& move() { return move_; }
  std::vector<std::string> lines;

 private:
  LinesDownload move_{[this](std::string_view line) -> Result<void> {
    lines.emplace_back(line);
    return {};
  }};
};

class OddServer : public testing::Test {
 protected:
  using Play = std::function<Task<void>(Session& session)>;

  static SessionOptions patient() {
    SessionOptions options;
    options.connect_timeout = options.reply_timeout = options.stall_timeout = test::patience;
    return options;
  }
  static SessionOptions impatient() {
    SessionOptions options;
    options.connect_timeout = options.reply_timeout = options.stall_timeout = Timeout{100};
    return options;
  }

  static Task<bool> play(net::Worker& worker, SessionOptions options, Notes& notes, std::uint16_t port, Play& steps,
                         std::string& greeting) {
    Session session{worker, std::move(options), notes};
    const net::Endpoint server{"ftp", net::asio::ip::address_v4::loopback(), port};
    const std::vector<net::Endpoint> servers{server};
    const auto begun = co_await session.begin(servers);
    greeting = begun ? to_text(*begun) : begun.error().message;
    if (begun && steps) co_await steps(session);
    co_return session.is_open();
  }

  /// Whether the session was open at the end.
  bool with(const FakeServer& server, Play steps, SessionOptions options = patient()) {
    return with(server.port(), std::move(steps), std::move(options));
  }
  bool with(std::uint16_t port, Play steps, SessionOptions options = patient()) {
    const auto open = net::run_to_end<bool>(
        [&](net::Worker& worker) { return play(worker, options, notes_, port, steps, greeting_); });
    EXPECT_TRUE(open) << "the test threw";
    return open.value_or(false);
  }
  /// What comes of one command.
  std::string ask(const FakeServer& server, const std::string& verb, const std::string& argument = "",
                  SessionOptions options = patient()) {
    std::string text;
    is_open_ = with(
        server,
        [&](Session& session) -> Task<void> {
          const auto reply = co_await session.ask(verb, argument);
          text = reply ? to_text(*reply) : reply.error().message;
        },
        std::move(options));
    return text;
  }
  /// What comes of a RETR, as lines.
  std::string retrieve(const FakeServer& server, SessionOptions options = patient(),
                       std::optional<std::uint64_t> bytes = {}, std::uint64_t start_at = 0) {
    std::string text;
    is_open_ = with(
        server,
        [&](Session& session) -> Task<void> {
          Transfer transfer;
          transfer.verb = "RETR";
          transfer.argument = "file";
          transfer.bytes = bytes;
          transfer.start_at = start_at;
          const auto done = co_await session.transfer(transfer, received_.move());
          text = done ? to_text(done->reply) : done.error().message;
        },
        std::move(options));
    return text;
  }

  Notes notes_;
  Lines received_;
  std::string greeting_;
  bool is_open_ = false;
};

TEST_F(OddServer, GreetsInManyLines) {
  const FakeServer server{{{"", line("220-Welcome\r\n220-to this\r\n  place\r\n220 server")}}};
  EXPECT_TRUE(with(server, nullptr));
  EXPECT_EQ(greeting_, "220 Welcome; to this;  place; server");
  EXPECT_THAT(notes_.lines, ElementsAre("<- 220-Welcome", "<- 220-to this", "<-   place", "<- 220 server"));
}

TEST_F(OddServer, KeepsTheClientWaitingForItsGreeting) {
  const FakeServer server{{{"", line("120 in a minute\r\n220 now")}}};
  EXPECT_TRUE(with(server, nullptr));
  EXPECT_EQ(greeting_, "220 now");
}

TEST_F(OddServer, IsFull) {
  const FakeServer server{{{"", line("421 Too many sessions")}}};
  EXPECT_FALSE(with(server, nullptr));
  EXPECT_THAT(greeting_, HasSubstr("the server ends the session: 421 Too many sessions"));
  const FakeServer other{{{"", line("530 go away")}}};
  EXPECT_FALSE(with(other, nullptr));
  EXPECT_THAT(greeting_, HasSubstr("the server says 530 go away"));
}

TEST_F(OddServer, IsNone) {
  const FakeServer http{{{"", line("HTTP/1.1 400 Bad Request")}}};
  EXPECT_FALSE(with(http, nullptr));
  EXPECT_THAT(greeting_, HasSubstr("what came is no reply of an FTP server"));
  const FakeServer binary{{{"", line(std::string("\x16\x03\x01\x00\x02", 5))}}};
  EXPECT_FALSE(with(binary, nullptr));
  EXPECT_THAT(greeting_, HasSubstr("what came is no reply of an FTP server"));
}

TEST_F(OddServer, IsNotThere) {
  std::uint16_t port = 0;
  {
    const FakeServer server;
    port = server.port();
  }
  EXPECT_FALSE(with(port, nullptr));
  EXPECT_THAT(greeting_, HasSubstr("nobody listens there"));
}

TEST_F(OddServer, SaysNothing) {
  const FakeServer server{{{"", [](FakeSession&, const std::string&) {}}}};
  EXPECT_FALSE(with(server, nullptr, impatient()));
  EXPECT_THAT(greeting_, HasSubstr("no reply came within 100 ms"));
}

TEST_F(OddServer, SaysNoMoreThanTheBeginningOfAReply) {
  const FakeServer server{{{"NOOP", line("200-one")}}};
  EXPECT_THAT(ask(server, "NOOP", "", impatient()), HasSubstr("no reply came within 100 ms"));
  EXPECT_FALSE(is_open_);
}

TEST_F(OddServer, SendsLinesUpToTheLimit) {
  const auto text = std::string(ftp::reply_line_bytes_max - 6, 'x');
  const FakeServer server{{{"NOOP", line("200 " + text)}}};
  EXPECT_THAT(ask(server, "NOOP"), StartsWith("200 xxx"));
  EXPECT_TRUE(is_open_);
}

TEST_F(OddServer, SendsLinesThatAreTooLong) {
  const auto text = std::string(ftp::reply_line_bytes_max - 5, 'x');
  const FakeServer server{{{"NOOP", line("200 " + text)}}};
  EXPECT_THAT(ask(server, "NOOP"), HasSubstr("a line is too long"));
  EXPECT_FALSE(is_open_);
}

TEST_F(OddServer, SendsTooManyLines) {
  std::string text = "211-Features:\r\n";
  for (std::size_t i = 2; i < ftp::reply_lines_max; ++i) text += " x\r\n";
  const FakeServer at_limit{{{"FEAT", line(text + "211 End")}}};
  EXPECT_THAT(ask(at_limit, "FEAT"), StartsWith("211 Features:"));
  const FakeServer beyond{{{"FEAT", line(text + " x\r\n211 End")}}};
  EXPECT_THAT(ask(beyond, "FEAT"), HasSubstr("too many lines"));
  EXPECT_FALSE(is_open_);
}

TEST_F(OddServer, PromisesMoreAndMore) {
  std::string text;
  for (int i = 0; i < preliminary_replies_max; ++i) text += "150 soon\r\n";
  const FakeServer at_limit{{{"NOOP", line(text + "200 now")}}};
  EXPECT_EQ(ask(at_limit, "NOOP"), "200 now");
  const FakeServer beyond{{{"NOOP", line(text + "150 soon\r\n200 now")}}};
  EXPECT_THAT(ask(beyond, "NOOP"), HasSubstr("one preliminary reply follows the other"));
}

TEST_F(OddServer, EndsTheSessionInTheMiddle) {
  const FakeServer server{{{"PWD", line("421 I am going down")}}};
  EXPECT_THAT(ask(server, "PWD"), HasSubstr("the server ends the session: 421 I am going down"));
  EXPECT_FALSE(is_open_);
  const FakeServer mute{{{"PWD", [](FakeSession& session, const std::string&) { session.close(); }}}};
  EXPECT_THAT(ask(mute, "PWD"), HasSubstr("the peer closed the connection"));
}

TEST_F(OddServer, NeverGetsASecondCommandOutOfAName) {
  const FakeServer server;
  EXPECT_THAT(ask(server, "DELE", "x\r\nRMD y"), HasSubstr("there is a line end or a NUL in it"));
  EXPECT_THAT(ask(server, "no verb"), HasSubstr("three or four letters"));
  EXPECT_TRUE(is_open_);
  EXPECT_THAT(server.lines(), ElementsAre());
}

TEST_F(OddServer, GetsCommandsUpToTheLimit) {
  const FakeServer server;
  EXPECT_EQ(ask(server, "CWD", std::string(ftp::command_line_bytes_max - 6, 'x')), "250 there you are");
  EXPECT_THAT(ask(server, "CWD", std::string(ftp::command_line_bytes_max - 5, 'x')), HasSubstr("more than 4096 bytes"));
}

TEST_F(OddServer, GetsPasswordsThatNobodySees) {
  const FakeServer server;
  EXPECT_TRUE(with(server, [](Session& session) -> Task<void> {
    const auto done = co_await session.log_in("ann", "secret");
    EXPECT_TRUE(done);
  }));
  EXPECT_THAT(server.lines(), ElementsAre("USER ann", "PASS secret"));
  EXPECT_THAT(notes_.lines, Contains("-> PASS ****"));
  EXPECT_THAT(notes_.lines, Not(Contains(HasSubstr("secret"))));
}

TEST_F(OddServer, WantsNoPassword) {
  const FakeServer server{{{"USER", line("230 come in")}}};
  EXPECT_TRUE(with(server, [](Session& session) -> Task<void> {
    const auto done = co_await session.log_in("ann", "secret");
    EXPECT_TRUE(done);
  }));
  EXPECT_THAT(server.lines(), ElementsAre("USER ann"));
}

TEST_F(OddServer, WantsAnAccount) {
  const FakeServer server{{{"PASS", line("332 and the account?")}}};
  with(server, [](Session& session) -> Task<void> {
    const auto done = co_await session.log_in("ann", "secret");
    EXPECT_THAT(done.error().message, HasSubstr("asks for an account"));
  });
}

TEST_F(OddServer, HasNoTls) {
  const FakeServer server;
  EXPECT_TRUE(with(server, [](Session& session) -> Task<void> {
    const auto secured = co_await session.secure();
    EXPECT_TRUE(secured && !*secured);
  }));
  EXPECT_THAT(server.lines(), ElementsAre("AUTH TLS", "AUTH SSL"));
}

TEST_F(OddServer, AgreesToTlsAndSpeaksOnInPlainText) {
  const FakeServer server{{{"AUTH", line("234 go ahead\r\n200 and on")}}};
  auto options = impatient();
  options.tls = *net::TlsClient::make({});
  options.host_name = "ftp.lab";
  EXPECT_FALSE(with(
      server,
      [](Session& session) -> Task<void> {
        const auto secured = co_await session.secure();
        EXPECT_FALSE(secured);
      },
      options));
}

TEST_F(OddServer, NamesAnAddressThatIsNotItsOwn) {
  const FakeServer server{{{"PASV",
                            [](FakeSession& session, const std::string&) {
                              const auto port = session.listen();
                              session.say(fmt::format("227 =10,99,98,97,{},{}", port >> 8, port & 0xff));
                            }},
                           {"EPSV", line("500 what?")}}};
  EXPECT_EQ(retrieve(server), "226 that was all");
  EXPECT_THAT(received_.lines, ElementsAre("some bytes"));
  EXPECT_THAT(notes_.notices, ElementsAre("the server names the address 10.99.98.97; its own, 127.0.0.1, is used"));
  EXPECT_THAT(notes_.openers, ElementsAre(Opener::client));
  EXPECT_EQ(server.verbs(), "EPSV PASV RETR");
}

TEST_F(OddServer, DoesNotSayWhereItListens) {
  for (const auto* text : {"227 Entering Passive Mode", "227 (1,2,3)", "227 (127,0,0,1,0,0)", "227 (256,0,0,1,1,1)"}) {
    const FakeServer server{{{"PASV", line(text)}}};
    auto options = patient();
    options.data_way = DataWay::passive;
    EXPECT_THAT(retrieve(server, options), HasSubstr("there is no address in the reply to PASV")) << text;
    EXPECT_TRUE(is_open_);
  }
  const FakeServer server{{{"EPSV", line("229 Entering Extended Passive Mode")}}};
  EXPECT_THAT(retrieve(server), HasSubstr("there is no port in the reply to EPSV"));
}

TEST_F(OddServer, DoesNotLetTheDataConnectionIn) {
  const FakeServer server{{{"EPSV", [](FakeSession& session, const std::string&) {
                              const auto port = session.listen();
                              session.listen();  // another one, and nobody is at the first any more
                              session.say(fmt::format("229 (|||{}|)", port));
                            }}}};
  EXPECT_THAT(retrieve(server), AllOf(HasSubstr("no data connection to "), HasSubstr("nobody listens there")));
  EXPECT_TRUE(is_open_);
  EXPECT_EQ(server.verbs(), "EPSV");
}

TEST_F(OddServer, RefusesBeforeAnythingMoves) {
  const FakeServer server{{{"RETR", line("550 no such file")}}};
  EXPECT_EQ(retrieve(server), "550 no such file");
  EXPECT_TRUE(is_open_);
  EXPECT_THAT(notes_.closed, ElementsAre());
}

TEST_F(OddServer, DoesNotSayThatAllHasMoved) {
  const auto send_data = [](FakeSession& session, const std::string&) {
    session.say("150 here it comes");
    session.open_data();
    session.send_data("some bytes");
    session.close_data();
  };
  const FakeServer silent{{{"RETR", send_data}}};
  EXPECT_THAT(retrieve(silent, impatient()),
              AllOf(HasSubstr("RETR file: no word that all has moved"), HasSubstr("no reply came within 100 ms")));
  EXPECT_FALSE(is_open_);
  const FakeServer gone{{{"RETR", [&](FakeSession& session, const std::string& argument) {
                            send_data(session, argument);
                            session.close();
                          }}}};
  EXPECT_THAT(retrieve(gone), HasSubstr("no word that all has moved"));
}

TEST_F(OddServer, BreaksOffAndSaysSo) {
  const FakeServer server{{{"RETR", data_and("some", "451 the disk is broken")}}};
  EXPECT_EQ(retrieve(server), "RETR file: the server breaks off after 4 bytes: 451 the disk is broken");
  EXPECT_TRUE(is_open_);
}

TEST_F(OddServer, BreaksTheDataConnection) {
  const FakeServer server{{{"RETR", [](FakeSession& session, const std::string&) {
                              session.say("150 here it comes");
                              session.open_data();
                              session.reset_data();
                              session.say("426 it broke");
                            }}}};
  EXPECT_THAT(retrieve(server), AllOf(StartsWith("RETR file: the data connection failed after 0 bytes"),
                                      HasSubstr("the server says 426 it broke")));
  EXPECT_TRUE(is_open_);
}

TEST_F(OddServer, StallsInTheMiddle) {
  const FakeServer server{{{"RETR", [](FakeSession& session, const std::string&) {
                              session.say("150 here it comes");
                              session.open_data();
                              session.send_data("some");
                              session.receive_data();  // until the client gives up
                              session.say("426 you left");
                            }}}};
  auto options = patient();
  options.stall_timeout = Timeout{100};
  EXPECT_THAT(retrieve(server, options),
              AllOf(HasSubstr("after 4 bytes: nothing came in time"), HasSubstr("426 you left")));
  EXPECT_TRUE(is_open_);
}

TEST_F(OddServer, SendsLessThanItHasSaid) {
  const FakeServer server;
  EXPECT_EQ(retrieve(server, patient(), 11), "RETR file: only 10 of 11 bytes came");
  EXPECT_EQ(retrieve(server, patient(), 10), "226 that was all");
}

TEST_F(OddServer, SendsMoreThanItHasSaid) {
  const FakeServer server;
  EXPECT_EQ(retrieve(server, patient(), 9),
            "RETR file: 10 bytes came, and the server had announced 9; the file may have changed meanwhile");
}

TEST_F(OddServer, SaysNothingOfATransferThatTheClientHasBrokenOff) {
  std::atomic<bool> was_closed_at_once = false;
  const FakeServer server{{{"RETR", [&](FakeSession& session, const std::string&) {
                              session.say("150 here it comes");
                              session.open_data();
                              session.send_data("some line\n");
                              was_closed_at_once = session.data_ends();
                              for (std::string line; session.read_line(line);) continue;
                            }}}};
  auto options = patient();
  options.reply_timeout = SessionOptions::timeout_max;
  const auto began = net::Clock::now();
  const auto retrieves = [&](Session& session) -> Task<void> {
    LinesDownload move{[](std::string_view) -> Result<void> { return Error{"the disk is full"}; }};
    Transfer transfer;
    transfer.verb = "RETR";
    const auto done = co_await session.transfer(transfer, move);
    greeting_ = done ? to_text(done->reply) : done.error().message;
  };
  EXPECT_FALSE(with(server, retrieves, options));
  EXPECT_LT(net::Clock::now() - began, test::patience);
  EXPECT_EQ(greeting_, "the disk is full");
  EXPECT_TRUE(test::eventually([&] { return was_closed_at_once.load(); }));
}

TEST_F(OddServer, SaysThatAllIsDoneBeforeItBegins) {
  const FakeServer server{{{"RETR", [](FakeSession& session, const std::string&) {
                              session.say("226 done");
                              session.open_data();
                              session.send_data("some");
                              session.close_data();
                            }}}};
  EXPECT_EQ(retrieve(server), "226 done");
  EXPECT_THAT(received_.lines, ElementsAre("some"));
}

TEST_F(OddServer, CannotGoOnInTheMiddle) {
  const FakeServer server{{{"REST", line("502 what?")}}};
  EXPECT_THAT(retrieve(server, patient(), {}, 5), HasSubstr("cannot go on in the middle of a file: 502 what?"));
  const FakeServer able;
  EXPECT_EQ(retrieve(able, patient(), {}, 5), "226 that was all");
  EXPECT_THAT(received_.lines, ElementsAre("bytes"));
}

TEST_F(OddServer, ConnectsInActiveMode) {
  auto options = patient();
  options.data_way = DataWay::active;
  const FakeServer server;
  EXPECT_EQ(retrieve(server, options), "226 that was all");
  EXPECT_THAT(notes_.openers, ElementsAre(Opener::server));
  EXPECT_EQ(server.verbs(), "PORT RETR");
}

TEST_F(OddServer, KnowsNoActiveMode) {
  auto options = patient();
  options.data_way = DataWay::active;
  const FakeServer server{{{"PORT", line("502 no")}}};
  EXPECT_THAT(retrieve(server, options), AllOf(HasSubstr("502 no"), HasSubstr("without --active")));
}

TEST_F(OddServer, DoesNotConnectInActiveMode) {
  auto options = patient();
  options.data_way = DataWay::active;
  options.connect_timeout = Timeout{100};
  const FakeServer server{{{"RETR", line("150 I am on my way\r\n425 there is no way")}}};
  EXPECT_THAT(retrieve(server, options),
              AllOf(HasSubstr("the server does not connect to "), HasSubstr("the server says 425 there is no way")));
  EXPECT_TRUE(is_open_);
}

TEST_F(OddServer, LetsAStrangerConnectInItsPlace) {
  auto options = patient();
  options.data_way = DataWay::active;
  const FakeServer server{{{"RETR", [](FakeSession& session, const std::string&) {
                              session.say("150 here it comes");
                              session.open_data("127.0.0.2");
                              session.send_data("forged");
                              session.open_data();
                              session.send_data("some bytes");
                              session.close_data();
                              session.say("226 that was all");
                            }}}};
  EXPECT_EQ(retrieve(server, options), "226 that was all");
  EXPECT_THAT(received_.lines, ElementsAre("some bytes"));
  EXPECT_THAT(notes_.notices, ElementsAre(HasSubstr("127.0.0.2")));
}

TEST_F(OddServer, SendsLinesOfListingsUpToTheLimit) {
  const FakeServer at_limit{{}, std::string(ftp::listing_line_bytes_max, 'x') + "\r\ny"};
  EXPECT_EQ(retrieve(at_limit), "226 that was all");
  EXPECT_EQ(received_.lines.size(), 2u);
  const FakeServer beyond{{}, std::string(ftp::listing_line_bytes_max + 1, 'x') + "\r\ny"};
  EXPECT_THAT(retrieve(beyond), HasSubstr("a line of the listing has more than 8192 bytes"));
  EXPECT_TRUE(is_open_);
}

TEST_F(OddServer, SendsListingsUpToTheLimit) {
  for (const auto& [bytes_max, outcome] :
       {std::pair{10, "226 that was all"}, {9, "the listing has more than 9 bytes"}}) {
    const FakeServer server;
    with(server, [&, limit = bytes_max](Session& session) -> Task<void> {
      LinesDownload move{[](std::string_view) { return Result<void>{}; }, static_cast<std::uint64_t>(limit)};
      Transfer transfer;
      transfer.verb = "LIST";
      const auto done = co_await session.transfer(transfer, move);
      greeting_ = done ? to_text(done->reply) : done.error().message;
    });
    EXPECT_EQ(greeting_, outcome);
  }
}

TEST_F(OddServer, SendsALineWithoutAnEnd) {
  const FakeServer server{{}, std::string(1'000'000, 'x')};
  EXPECT_THAT(retrieve(server), HasSubstr("a line of the listing has more than 8192 bytes"));
  EXPECT_THAT(received_.lines, ElementsAre());
}

TEST_F(OddServer, SaysHowFarItHasCome) {
  auto options = patient();
  options.progress_interval = Timeout{1};
  const FakeServer server;
  EXPECT_EQ(retrieve(server, options, 5, 5), "226 that was all");
  ASSERT_FALSE(notes_.progress.empty());
  EXPECT_EQ(notes_.progress.back().bytes, 10u);
  EXPECT_EQ(notes_.progress.back().total, 10u);
}

TEST_F(OddServer, TellsTimesAndSizes) {
  const FakeServer server{
      {{"MDTM", line("213 20260213101500")}, {"SIZE", line("213 x")}, {"PWD", line("257 nowhere")}}};
  EXPECT_TRUE(with(server, [](Session& session) -> Task<void> {
    const auto modified = co_await session.modified("x");
    EXPECT_EQ((*modified)->time_since_epoch().count(), 1770977700);
    const auto size = co_await session.size("x");
    EXPECT_EQ(*size, std::nullopt);
    const auto folder = co_await session.folder();
    EXPECT_EQ(*folder, std::nullopt);
    const auto set = co_await session.set_modified("a b", **modified);
    EXPECT_FALSE(*set);
  }));
  EXPECT_THAT(server.lines(), Contains("MFMT 20260213101500 a b"));
}

TEST_F(OddServer, StoresWhatIsSentAndRefusesInTheMiddle) {
  test::TemporaryFolder folder;
  const FileDescriptor file{::open(folder.write("x", std::string(8'000'000, 'x')).c_str(), O_RDONLY | O_CLOEXEC)};
  const auto store = [&](Session& session) -> Task<void> {
    FileUpload move{file.get(), 0, 8'000'000};
    Transfer transfer;
    transfer.verb = "STOR";
    transfer.argument = "x";
    const auto done = co_await session.transfer(transfer, move);
    greeting_ = done ? to_text(done->reply) : done.error().message;
  };
  const FakeServer server;
  EXPECT_TRUE(with(server, store));
  EXPECT_EQ(greeting_, "226 that was all");
  EXPECT_EQ(server.stored().size(), 8'000'000u);
  const FakeServer full{{{"STOR", [](FakeSession& session, const std::string&) {
                            session.say("150 let it come");
                            session.open_data();
                            session.reset_data();
                            session.say("552 that is more than you may store");
                          }}}};
  EXPECT_TRUE(with(full, store));
  EXPECT_THAT(greeting_, HasSubstr("the server says 552 that is more than you may store"));
}

}  // namespace
}  // namespace labnet::ftp_client
