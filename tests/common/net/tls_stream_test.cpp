// That a secured stream is a stream: deadlines, both ways at once, ends; and what a bad peer costs.
#include <csignal>
#include <numeric>

#include "tests/common/net/tls_ends.hpp"

namespace labnet::net {
namespace {

constexpr Timeout moment{1};  // long enough for the other tasks to do what can be done at once

std::string digits(std::size_t size) {
  std::string text(size, '\0');
  for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>('0' + i * 7 % 10 + i / 4096 % 3);
  return text;
}

/// Writes and then finishes writing; how it went.
Task<Nothing> write_all(Stream& stream, std::string_view text) {
  co_return co_await stream.write(text, test_limit);
}

Task<std::string> read_all(Stream& stream, std::size_t size) {
  std::string text(size, '\0');
  const auto read = co_await stream.read_exactly(std::as_writable_bytes(std::span{text}), test_limit);
  co_return read ? text : stream.explain(read.error());
}

class TlsStream : public testing::TestWithParam<TlsVersion> {
 protected:
  Authority authority{"Lab CA"};
  TlsIdentity identity = authority.issue();
  std::shared_ptr<const TlsServer> server = server_of({.identities = {identity}, .version_max = GetParam()});
  std::shared_ptr<const TlsClient> client = client_of({.ca_path = authority.path()});

  /// The server's end is a Stream, the client's a bare one over a plain Stream.
  Task<Ends> begin(Worker& worker, BareTls& bare) {
    auto ends = co_await connect_ends(worker);
    const auto results = co_await both(worker, ends.server.accept_tls(server), bare.shake_hands(ends.client));
    EXPECT_TRUE(results.first && results.second);
    co_return ends;
  }
};
INSTANTIATE_TEST_SUITE_P(Versions, TlsStream, both_versions, version_name);

TEST_P(TlsStream, MovesTenMebibytesBothWaysAtOnce) {
  const auto there = digits(10 << 20);
  const std::string back{there.rbegin(), there.rend()};
  run_task([&](Worker& worker) -> Task<void> {
    auto ends = co_await secured_ends(worker, server, client);
    const auto [read, written] =
        co_await both(worker, both(worker, read_all(ends.server, there.size()), read_all(ends.client, back.size())),
                      both(worker, write_all(ends.server, back), write_all(ends.client, there)));
    EXPECT_TRUE(written.first && written.second);
    EXPECT_TRUE(read.first == there);
    EXPECT_TRUE(read.second == back);
  });
}

TEST_P(TlsStream, WritesPiecesOneAfterTheOther) {
  const std::vector<std::string> texts{"", "head", digits(40000), "", "tail", digits(16384), "x"};
  std::vector<Bytes> pieces;
  std::string whole;
  for (const auto& text : texts) {
    pieces.push_back(as_bytes(text));
    whole += text;
  }
  run_task([&](Worker& worker) -> Task<void> {
    auto ends = co_await secured_ends(worker, server, client);
    const auto [written, read] =
        co_await both(worker, ends.server.write(pieces, test_limit), read_all(ends.client, whole.size()));
    EXPECT_TRUE(written);
    EXPECT_TRUE(read == whole);
  });
}

TEST_P(TlsStream, WritesAtOnceWhatTheSocketTakesAndThenGoesOn) {
  const auto large = digits(10 << 20);
  const std::vector<Bytes> small{as_bytes("head"), {}, as_bytes("tail")}, pieces{{}, as_bytes("head"), as_bytes(large)};
  run_task([&](Worker& worker) -> Task<void> {
    auto ends = co_await secured_ends(worker, server, client);
    EXPECT_TRUE(ends.server.write_at_once(small));
    EXPECT_FALSE(ends.server.write_at_once(pieces));
    const auto [written, read] =
        co_await both(worker, ends.server.write(pieces, test_limit), read_all(ends.client, 12 + large.size()));
    EXPECT_TRUE(written);
    EXPECT_TRUE(read == "headtailhead" + large);
  });
}

TEST_P(TlsStream, PutsSmallPiecesIntoOneRecord) {
  run_task([&](Worker& worker) -> Task<void> {
    BareTls bare{BareTls::Role::client};
    auto ends = co_await begin(worker, bare);
    const std::array<Bytes, 3> pieces{as_bytes("HTTP/1.1 200 OK\r\n"), as_bytes("\r\n"), as_bytes("body")};
    EXPECT_TRUE(co_await ends.server.write(pieces, test_limit));
    const auto received = co_await bare.receive(ends.client);
    EXPECT_TRUE(received);
    EXPECT_EQ(bare.decrypt(), "HTTP/1.1 200 OK\r\n\r\nbody");
  });
}

TEST_P(TlsStream, ReadsWhatWasReadAheadOfALine) {
  run_task([&](Worker& worker) -> Task<void> {
    auto ends = co_await secured_ends(worker, server, client);
    EXPECT_TRUE(co_await ends.client.write("a line\r\n12345rest"));
    EXPECT_EQ(*co_await ends.server.read_line(100, test_limit), "a line");
    EXPECT_EQ(co_await read_all(ends.server, 5), "12345");
    std::array<std::byte, 100> buffer;
    const auto count = co_await ends.server.read_some(buffer, test_limit);
    EXPECT_EQ(as_text(Bytes{buffer}.first(*count)), "rest");
  });
}

TEST_P(TlsStream, LosesNothingByADeadlineInTheMiddleOfARecord) {
  run_task([&](Worker& worker) -> Task<void> {
    BareTls bare{BareTls::Role::client};
    auto ends = co_await begin(worker, bare);
    for (const auto cut : {1, 4, 5, 6, 20, 500}) {
      const auto text = "record cut at " + std::to_string(cut) + std::string(500, '.');
      const auto record = bare.encrypt(text + "\n");
      EXPECT_TRUE(co_await ends.client.write(record.substr(0, static_cast<std::size_t>(cut))));
      const auto nothing = co_await ends.server.read_line(1000, moment);
      EXPECT_EQ(nothing.error(), StreamFault::deadline);
      EXPECT_TRUE(co_await ends.client.write(record.substr(static_cast<std::size_t>(cut))));
      const auto line = co_await ends.server.read_line(1000, test_limit);
      EXPECT_EQ(line.has_value() ? *line : ends.server.explain(line.error()), text);
    }
  });
}

TEST_P(TlsStream, ReadsWhileAWriteCannotGoOn) {
  run_task([&](Worker& worker) -> Task<void> {
    BareTls bare{BareTls::Role::client};
    auto ends = co_await begin(worker, bare);
    const auto much = digits(16 << 20);  // more than the system's buffers hold
    std::string received;
    // While the server is stuck, the client asks for new keys and sends lines; only then does it begin to read.
    const auto peer = [&]() -> Task<bool> {
      for (int i = 0; i < 3; ++i) {
        if (GetParam() == TlsVersion::tls_1_3) SSL_key_update(bare.ssl(), SSL_KEY_UPDATE_REQUESTED);
        EXPECT_TRUE(co_await ends.client.write(bare.encrypt("line\r\n")));
        const auto line = co_await ends.server.read_line(100, test_limit);
        EXPECT_EQ(line.has_value() ? *line : ends.server.explain(line.error()), "line");
      }
      while (received.size() < much.size()) {
        const auto moved = co_await bare.receive(ends.client);
        if (!moved) break;
        received += bare.decrypt();
      }
      co_return true;
    };
    const auto [written, read] = co_await both(worker, write_all(ends.server, much), peer());
    EXPECT_TRUE(written);
    EXPECT_TRUE(received == much);
    EXPECT_TRUE(co_await ends.server.write("with the new keys\n"));
    EXPECT_TRUE(co_await bare.receive(ends.client));
    EXPECT_EQ(bare.decrypt(), "with the new keys\n");
  });
}

TEST_P(TlsStream, WritesNothingAfterAWriteThatWasCutByItsDeadline) {
  run_task([&](Worker& worker) -> Task<void> {
    auto ends = co_await secured_ends(worker, server, client);
    const auto much = digits(16 << 20);
    const auto written = co_await ends.server.write(much, Timeout{50});
    EXPECT_EQ(written.error(), StreamFault::deadline);
    const auto again = co_await ends.server.write("more");
    EXPECT_EQ(again.error(), StreamFault::deadline);
    EXPECT_EQ(co_await pass_line(ends.client, ends.server, "reads go on"), "reads go on");
  });
}

TEST_P(TlsStream, SendsCloseNotifyWhenItFinishes) {
  run_task([&](Worker& worker) -> Task<void> {
    BareTls bare{BareTls::Role::client};
    auto ends = co_await begin(worker, bare);
    EXPECT_TRUE(co_await ends.server.write("221 bye\r\n"));
    std::string received;
    const auto peer = [&]() -> Task<bool> {
      while (co_await bare.receive(ends.client)) received += bare.decrypt();
      ends.client.close();
      co_return true;
    };
    co_await both(worker, finish(ends.server), peer());
    EXPECT_EQ(received, "221 bye\r\n");
    EXPECT_TRUE(bare.has_got_close_notify());
    EXPECT_FALSE(ends.server.is_open());
  });
}

TEST_P(TlsStream, SendsCloseNotifyWithTheLastWrite) {
  run_task([&](Worker& worker) -> Task<void> {
    BareTls bare{BareTls::Role::client};
    auto ends = co_await begin(worker, bare);
    EXPECT_TRUE(co_await ends.server.write("221 bye\r\n"));
    const auto last = digits(100'000);  // several records, and more than one system call takes
    const std::array<Bytes, 2> pieces{as_bytes(last), as_bytes("end")};
    ends.server.end_with_next_write();
    std::string received;
    const auto peer = [&]() -> Task<bool> {
      // Not within the loop's condition: GCC 12 waits for what stands behind && whether it has to or not.
      while (!bare.has_got_close_notify()) {
        const auto got = co_await bare.receive(ends.client);
        if (!got) break;
        received += bare.decrypt();
      }
      co_return true;
    };
    const auto writer = [&]() -> Task<Nothing> { co_return co_await ends.server.write(pieces, test_limit); };
    const auto results = co_await both(worker, writer(), peer());
    EXPECT_TRUE(results.first);
    EXPECT_TRUE(received == "221 bye\r\n" + last + "end");
    EXPECT_TRUE(bare.has_got_close_notify());  // though nothing has ended yet but the writing
    EXPECT_TRUE(ends.server.is_open());
    EXPECT_FALSE(co_await ends.server.write("more"));
    const auto rest = [&]() -> Task<bool> {
      while (co_await bare.receive(ends.client)) EXPECT_EQ(bare.decrypt(), "");
      ends.client.close();
      co_return true;
    };
    co_await both(worker, finish(ends.server), rest());
  });
}

TEST_P(TlsStream, IsClosedByCloseNotifyAndCanStillWrite) {
  run_task([&](Worker& worker) -> Task<void> {
    BareTls bare{BareTls::Role::client};
    auto ends = co_await begin(worker, bare);
    auto records = bare.encrypt("the last line");
    SSL_shutdown(bare.ssl());
    records += bare.take();
    EXPECT_TRUE(co_await ends.client.write(records));
    EXPECT_EQ(co_await read_all(ends.server, 13), "the last line");
    for (int times = 0; times < 2; ++times) {
      const auto line = co_await ends.server.read_line(100, test_limit);
      EXPECT_EQ(line.error(), StreamFault::closed);
    }
    EXPECT_TRUE(co_await ends.server.write("reply"));
    EXPECT_TRUE(co_await bare.receive(ends.client));
    EXPECT_EQ(bare.decrypt(), "reply");
  });
}

TEST_P(TlsStream, TellsAnEndThatIsNoneOfTls) {
  run_task([&](Worker& worker) -> Task<void> {
    BareTls bare{BareTls::Role::client};
    auto ends = co_await begin(worker, bare);
    const auto record = bare.encrypt("whole");
    EXPECT_TRUE(co_await ends.client.write(record + bare.encrypt("cut").substr(0, 10)));
    const auto reader = [&]() -> Task<bool> {
      EXPECT_EQ(co_await read_all(ends.server, 6), "the connection ended too early: its last part may be missing");
      EXPECT_EQ((co_await ends.server.read_line(100, test_limit)).error(), StreamFault::truncated);
      ends.server.close();  // which the client's finish waits for
      co_return true;
    };
    co_await both(worker, finish(ends.client), reader());
  });
}

TEST_P(TlsStream, FailsByARecordThatSomebodyHasChanged) {
  run_task([&](Worker& worker) -> Task<void> {
    BareTls bare{BareTls::Role::client};
    auto ends = co_await begin(worker, bare);
    auto record = bare.encrypt("first");
    auto changed = bare.encrypt("second");
    changed.back() = static_cast<char>(changed.back() ^ 1);
    EXPECT_TRUE(co_await ends.client.write(record + changed));
    EXPECT_EQ(co_await read_all(ends.server, 5), "first");
    const auto line = co_await ends.server.read_line(100, test_limit);
    EXPECT_EQ(line.error(), StreamFault::tls_failed);
    EXPECT_EQ(ends.server.explain(line.error()), "TLS failed: decryption failed or bad record mac");
    EXPECT_EQ((co_await ends.server.write("more")).error(), StreamFault::tls_failed);
    EXPECT_TRUE(co_await bare.receive(ends.client));  // the alert
    co_await both(worker, finish(ends.server), finish(ends.client));
  });
}

TEST_P(TlsStream, EndsByItsOwnClose) {
  run_task([&](Worker& worker) -> Task<void> {
    auto ends = co_await secured_ends(worker, server, client);
    const auto closer = [&]() -> Task<bool> {
      ends.server.close();
      co_return true;
    };
    const auto [read, closed] = co_await both(worker, ends.server.read_line(100, test_limit), closer());
    EXPECT_EQ(read.error(), StreamFault::stopped);
    EXPECT_EQ((co_await ends.server.write("late")).error(), StreamFault::stopped);
    EXPECT_TRUE(ends.server.tls());
    const auto line = co_await ends.client.read_line(100, test_limit);
    EXPECT_EQ(line.error(), StreamFault::truncated);
  });
}

TEST_P(TlsStream, GivesAFaultAndNoSignalWhenThePeerIsGone) {
  Runtime runtime;
  const auto before = std::signal(SIGPIPE, SIG_DFL);  // as a program may have it that uses no Runtime
  run_task(runtime, [&](Worker& worker) -> Task<void> {
    auto ends = co_await secured_ends(worker, server, client);
    ends.client.close();
    auto written = co_await ends.server.write("one");
    for (int times = 0; written && times < 100; ++times) {
      co_await ends.server.read_line(100, moment);
      written = co_await ends.server.write("more");
    }
    EXPECT_EQ(written.error(), StreamFault::reset);
  });
  std::signal(SIGPIPE, before);
}

TEST_P(TlsStream, BeginsWithAHelloThatComesInTwoPieces) {
  BareTls sample{BareTls::Role::client};
  SSL_do_handshake(sample.ssl());
  const auto hello_bytes = sample.take().size();
  const auto step = hello_bytes / 40;
  for (std::size_t cut = 1; cut < hello_bytes; cut += cut < 12 ? 1 : step) {
    run_task([&](Worker& worker) -> Task<void> {
      BareTls bare{BareTls::Role::client};
      SSL_do_handshake(bare.ssl());
      const auto hello = bare.take();
      auto ends = co_await connect_ends(worker);
      const auto peer = [&]() -> Task<Nothing> {
        const auto sent = co_await ends.client.write(hello.substr(0, cut));
        if (!sent) co_return sent;
        co_await ends.client.read_line(100, moment);
        const auto rest = co_await ends.client.write(hello.substr(cut));
        if (!rest) co_return rest;
        const auto received = co_await bare.receive(ends.client);
        if (!received) co_return received;
        co_return co_await bare.shake_hands(ends.client);
      };
      const auto [accepted, connected] = co_await both(worker, ends.server.accept_tls(server), peer());
      EXPECT_TRUE(accepted && connected) << "cut at " << cut << ": " << ends.server.explain(accepted.error());
    });
  }
}

/// Another task of the worker, as long as something is not over: how often it gets its turn.
Task<bool> count_turns(Worker& worker, const bool& is_over, int& turns) {
  while (!is_over) {
    ++turns;
    co_await asio::post(worker.executor(), as_result);
  }
  co_return true;
}

TEST_P(TlsStream, LetsOthersHaveTheirTurnWhileALineWithoutEndIsSkipped) {
  run_task([&](Worker& worker) -> Task<void> {
    auto ends = co_await secured_ends(worker, server, client);
    const auto much = digits(16 << 20);
    bool has_read = false;
    int turns = 0;
    const auto reader = [&]() -> Task<Result<std::string, StreamFault>> {
      const auto too_long = co_await ends.server.read_line(100, test_limit);
      EXPECT_EQ(too_long.error(), StreamFault::line_too_long);
      auto line = co_await ends.server.read_line(100, test_limit);
      has_read = true;
      co_return line;
    };
    const auto writer = [&]() -> Task<Nothing> {
      const auto written = co_await write_all(ends.client, much);
      if (!written) co_return written;
      co_return co_await write_all(ends.client, "\nat last\n");
    };
    const auto [written_and_turns, line] =
        co_await both(worker, both(worker, writer(), count_turns(worker, has_read, turns)), reader());
    EXPECT_EQ(*line, "at last");
    EXPECT_GT(turns, 400);  // pieces of 2 KiB are read, and a turn has at most 16
  });
}

TEST_P(TlsStream, SkipsALineNoLongerThanItsDeadline) {
  run_task([&](Worker& worker) -> Task<void> {
    auto ends = co_await secured_ends(worker, server, client);
    const auto much = digits(100 << 10);  // has arrived before it is read
    EXPECT_TRUE(co_await write_all(ends.client, much));
    EXPECT_EQ((co_await ends.server.read_line(100, test_limit)).error(), StreamFault::line_too_long);
    EXPECT_EQ((co_await ends.server.read_line(100, Timeout{0})).error(), StreamFault::deadline);
    EXPECT_TRUE(co_await write_all(ends.client, "its end\n"));
    EXPECT_EQ(co_await pass_line(ends.client, ends.server, "the next"), "the next");
  });
}

// From here on the version plays no part.

class TlsHandshake : public testing::Test {
 protected:
  Authority authority{"Lab CA"};
  std::shared_ptr<const TlsServer> server = server_of({.identities = {authority.issue()}});
  std::shared_ptr<const TlsClient> client = client_of({.ca_path = authority.path()});
};

TEST_F(TlsHandshake, DiscardsWhatAPlainTextPeerHasSlippedIn) {
  run_task([&](Worker& worker) -> Task<void> {
    auto ends = co_await connect_ends(worker);
    EXPECT_TRUE(co_await ends.client.write("AUTH TLS\r\nDELE everything\r\nNO"));
    EXPECT_EQ(*co_await ends.server.read_line(100, test_limit), "AUTH TLS");
    EXPECT_TRUE(co_await ends.server.write("234 go on\r\n230 no password needed\r\n"));
    EXPECT_EQ(*co_await ends.client.read_line(100, test_limit), "234 go on");
    const auto [accepted, connected] = co_await shake_hands(worker, ends, server, client);
    EXPECT_TRUE(accepted && connected);
    EXPECT_EQ(co_await pass_line(ends.client, ends.server, "NOOP"), "NOOP");
    EXPECT_EQ(co_await pass_line(ends.server, ends.client, "200 ok"), "200 ok");
  });
}

TEST_F(TlsHandshake, DiscardsTheBeginningOfALineThatIsTooLong) {
  run_task([&](Worker& worker) -> Task<void> {
    auto ends = co_await connect_ends(worker);
    EXPECT_TRUE(co_await ends.client.write("a long line that goes on and"));
    EXPECT_EQ((co_await ends.server.read_line(10, test_limit)).error(), StreamFault::line_too_long);
    const auto [accepted, connected] = co_await shake_hands(worker, ends, server, client);
    EXPECT_TRUE(accepted && connected);
    EXPECT_EQ(co_await pass_line(ends.client, ends.server, "NOOP"), "NOOP");
  });
}

TEST_F(TlsHandshake, EndsAtOnceByWhatIsNotTls) {
  for (const std::string garbage :
       {"GET / HTTP/1.1\r\nHost: www.lab\r\n\r\n", "USER anonymous\r\n", "\x16\x03\x01\xff\xff garbage",
        "\x16\x03\x01\x00\x05\x01\x00\xff\xff\xff", "................................"}) {
    run_task([&](Worker& worker) -> Task<void> {
      auto ends = co_await connect_ends(worker);
      EXPECT_TRUE(co_await ends.client.write(garbage + std::string(garbage[0] == '\x16' ? 70000 : 0, 'x')));
      const auto accepted = co_await ends.server.accept_tls(server, test_limit);
      EXPECT_EQ(accepted.error(), StreamFault::tls_failed) << garbage;
      EXPECT_THAT(ends.server.explain(accepted.error()),
                  testing::AnyOf("what the peer sends is not TLS", testing::StartsWith("TLS failed: ")));
      EXPECT_EQ((co_await ends.server.write("plain")).error(), StreamFault::tls_failed);
      EXPECT_FALSE(ends.server.tls());
    });
  }
  run_task([&](Worker& worker) -> Task<void> {
    auto ends = co_await connect_ends(worker);
    EXPECT_TRUE(co_await ends.server.write("220 this is no TLS\r\n"));
    const auto connected = co_await ends.client.connect_tls(client, "www.lab", test_limit);
    EXPECT_EQ(ends.client.explain(connected.error()), "what the peer sends is not TLS");
  });
}

TEST_F(TlsHandshake, EndsWhenThePeerLeaves) {
  run_task([&](Worker& worker) -> Task<void> {
    auto ends = co_await connect_ends(worker);
    ends.client.close();
    const auto accepted = co_await ends.server.accept_tls(server, test_limit);
    EXPECT_EQ(accepted.error(), StreamFault::closed);
  });
}

TEST_F(TlsHandshake, TakesNoLongerThanItsDeadlineThoughBytesComeOneByOne) {
  run_task([&](Worker& worker) -> Task<void> {
    auto ends = co_await connect_ends(worker);
    bool has_ended = false;
    const auto peer = [&]() -> Task<int> {
      BareTls bare{BareTls::Role::client};
      SSL_do_handshake(bare.ssl());
      const auto hello = bare.take();
      int sent = 0;
      for (const auto byte : hello) {
        if (has_ended) break;
        if (!co_await ends.client.write(std::string_view{&byte, 1})) break;
        ++sent;
        co_await ends.client.read_line(100, moment);
      }
      co_return sent;
    };
    const auto accept = [&]() -> Task<Nothing> {
      const auto accepted = co_await ends.server.accept_tls(server, Timeout{30});
      has_ended = true;
      co_return accepted;
    };
    const auto begun = Clock::now();
    const auto [accepted, sent] = co_await both(worker, accept(), peer());
    EXPECT_EQ(accepted.error(), StreamFault::deadline);
    EXPECT_GT(sent, 1);
    EXPECT_LT(Clock::now() - begun, test_limit / 2);
    // It is over for good: a later read does not go on with the handshake, nor in plain text.
    EXPECT_EQ((co_await ends.server.read_line(100, test_limit)).error(), StreamFault::deadline);
    EXPECT_EQ((co_await ends.server.write("plain")).error(), StreamFault::deadline);
    EXPECT_FALSE(ends.server.tls());
  });
}

TEST_F(TlsHandshake, IsStoppedByClose) {
  run_task([&](Worker& worker) -> Task<void> {
    auto ends = co_await connect_ends(worker);
    const auto closer = [&]() -> Task<bool> {
      ends.client.close();
      co_return true;
    };
    const auto [connected, closed] =
        co_await both(worker, ends.client.connect_tls(client, "www.lab", test_limit), closer());
    EXPECT_EQ(connected.error(), StreamFault::stopped);
  });
}

TEST_F(TlsHandshake, HappensOnce) {
  run_task([&](Worker& worker) -> Task<void> {
    auto ends = co_await secured_ends(worker, server, client);
    const auto again = co_await ends.server.accept_tls(server);
    EXPECT_EQ(again.error(), StreamFault::not_possible);
    EXPECT_EQ(co_await pass_line(ends.client, ends.server, "goes on"), "goes on");
  });
}

TEST_F(TlsHandshake, LetsOthersHaveTheirTurnWhileAPeerAsksForKeysWithoutEnd) {
  run_task([&](Worker& worker) -> Task<void> {
    auto ends = co_await connect_ends(worker);
    BareTls bare{BareTls::Role::client};
    const auto results = co_await both(worker, ends.server.accept_tls(server), bare.shake_hands(ends.client));
    EXPECT_TRUE(results.first && results.second);
    std::string flood;
    while (flood.size() < 1 << 18) {
      SSL_key_update(bare.ssl(), SSL_KEY_UPDATE_NOT_REQUESTED);
      SSL_do_handshake(bare.ssl());
      flood += bare.take();
    }
    bool has_read = false;
    int turns = 0;
    const auto reader = [&]() -> Task<Result<std::string, StreamFault>> {
      auto line = co_await ends.server.read_line(100, test_limit);
      has_read = true;
      co_return line;
    };
    const auto [write_and_turns, line] = co_await both(
        worker,
        both(worker, write_all(ends.client, flood + bare.encrypt("at last\r\n")), count_turns(worker, has_read, turns)),
        reader());
    EXPECT_EQ(*line, "at last");
    EXPECT_GT(turns, 10);
  });
}

}  // namespace
}  // namespace labnet::net
