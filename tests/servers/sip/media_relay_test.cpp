// Packets of calls through a running relay, from side to side.
#include "servers/sip/media_relay.hpp"

#include <filesystem>

#include "tests/servers/sip/media_phone.hpp"

namespace labnet::sip_server {
namespace {

rtp::Packet parsed(const std::optional<Buffer>& packet) {
  if (!packet) throw std::runtime_error{"no packet came"};
  return *rtp::parse_packet(*packet);
}

/// Sends as one whose address or SSRC is not that of the call, though the numbers go on.
void send_as_stranger(const MediaPhone& phone, MediaPhone& stranger, const MediaBridge& bridge, Side side) {
  stranger.call(bridge, side);
  stranger.next = phone.next;
  stranger.send();
}

TEST(MediaRelay, ChangesTheFixedHeaderAlone) {
  RunningRelay running;
  RelayedCall call{running};
  // With CSRC, extension and padding: none of them is the relay's business.
  Buffer packet;
  ByteWriter out{packet};
  rtp::write({.payload_type = 8, .marker = true, .sequence = 7, .timestamp = 8, .ssrc = 9}, out);
  packet[0] |= std::byte{0x31};
  out.u32(0xcccccccc);  // CSRC
  out.u32(0xbede0001);  // extension of one word
  out.u32(0x12345678);
  out.text("sound");
  out.text(std::string_view{"\0\0\3", 3});  // padding
  call.caller.send_raw(packet);
  const auto heard = call.callee.hear();
  ASSERT_TRUE(heard);
  ASSERT_EQ(heard->size(), packet.size());
  EXPECT_EQ((*heard)[0], packet[0]);
  EXPECT_EQ((*heard)[1], packet[1]);
  EXPECT_FALSE(std::equal(heard->begin() + 8, heard->begin() + 12, packet.begin() + 8)) << "the SSRC is its own";
  EXPECT_TRUE(std::equal(heard->begin() + 12, heard->end(), packet.begin() + 12));
}

TEST(MediaRelay, GivesEachSideAStreamOfTheServersOwn) {
  RunningRelay running;
  RelayedCall call{running};
  std::optional<rtp::Header> to_callee;
  std::optional<rtp::Header> to_caller;
  for (int i = 0; i < 20; ++i) {  // across the end of sequence numbers and timestamps
    const auto from_caller = call.caller.send();
    const auto heard_by_callee = call.callee.hear();
    const auto at_callee = parsed(heard_by_callee);
    EXPECT_EQ(at_callee.payload.front(), static_cast<std::byte>(from_caller.sequence));
    call.callee.send();
    const auto heard_by_caller = call.caller.hear();
    const auto at_caller = parsed(heard_by_caller);
    for (const auto& [header, before] : {std::pair{at_callee.header, &to_callee}, {at_caller.header, &to_caller}}) {
      EXPECT_EQ(header.payload_type, 8);
      EXPECT_EQ(header.marker, i == 0);
      if (*before) {
        EXPECT_EQ(header.ssrc, (*before)->ssrc);
        EXPECT_EQ(header.sequence, static_cast<std::uint16_t>((*before)->sequence + 1));
        EXPECT_EQ(header.timestamp, (*before)->timestamp + 160);
      }
      *before = header;
    }
  }
  EXPECT_NE(to_callee->ssrc, call.caller.next.ssrc);
  EXPECT_NE(to_caller->ssrc, call.callee.next.ssrc);
  EXPECT_NE(to_caller->ssrc, to_callee->ssrc);
  EXPECT_EQ(call.bridge->counts(Side::caller).packets, 20u);
  EXPECT_EQ(call.bridge->counts(Side::callee).packets, 20u);
}

TEST(MediaRelay, GoesOnEvenlyWhereTheSourceBeginsAnew) {
  RunningRelay running;
  RelayedCall call{running};
  call.open_paths();
  call.caller.send();
  const auto heard_before = call.callee.hear();
  const auto before = parsed(heard_before).header;
  std::this_thread::sleep_for(std::chrono::milliseconds{80});  // longer than a known SSRC is waited for
  call.caller.next.ssrc = 0x3333;
  call.caller.next.sequence = 100;
  call.caller.next.timestamp = 0;
  call.caller.send();
  const auto heard_after = call.callee.hear();
  const auto after = parsed(heard_after).header;
  EXPECT_EQ(after.ssrc, before.ssrc);
  EXPECT_EQ(after.sequence, static_cast<std::uint16_t>(before.sequence + 1));
  EXPECT_TRUE(after.marker);
  const auto ticks = after.timestamp - before.timestamp;
  EXPECT_GE(ticks, 80u * 8);
  EXPECT_LT(ticks, 5000u * 8);
}

TEST(MediaRelay, CallsTheSameEncodingWhatTheOtherSideCallsIt) {
  RunningRelay running;
  const sdp::Codec there{.payload_type = 100, .name = "pcma"};
  RelayedCall call{running,
                   {.receiving = {pcmu_codec, pcma_codec}, .receiving_events = 101},
                   {.sending = {there}, .receiving = {pcma_codec}, .sending_events = 96, .receiving_events = 96}};
  call.caller.send(0);  // agreed on with the caller, but nothing that the callee has
  call.caller.send(8);
  const auto audio = call.callee.hear();
  EXPECT_EQ(parsed(audio).header.payload_type, 100);
  call.caller.send(101);
  const auto event = call.callee.hear();
  EXPECT_EQ(parsed(event).header.payload_type, 96);
  EXPECT_TRUE(call.callee.hears_nothing());
}

TEST(MediaRelay, OpensThePathByAPacketThatItDoesNotRelay) {
  RunningRelay running;
  RelayedCall call{running};
  MediaPhone elsewhere{0x4444};  // the callee behind a translator: it sends from another port than its SDP says
  elsewhere.call(*call.bridge, Side::callee);
  constexpr std::uint8_t unagreed = 13;
  elsewhere.send(unagreed);
  EXPECT_TRUE(comes_true([&] {
    call.caller.send();
    return elsewhere.hear(wait_for_nothing).has_value();
  }));
  EXPECT_TRUE(call.caller.hears_nothing());
  EXPECT_EQ(call.bridge->counts(Side::callee).packets, 0u);
  elsewhere.send();
  EXPECT_TRUE(call.caller.hear());
}

/// Until the system is told whom to listen to, and afterwards; and where it never is.
class MediaRelayOfStrangers : public testing::TestWithParam<bool> {
 protected:
  static MediaConfig config() {
    auto config = RunningRelay::test_config();
    config.connects_when_locked = GetParam();
    return config;
  }
};

TEST_P(MediaRelayOfStrangers, RelaysNothingOfThemAfterTheLock) {
  RunningRelay running{config()};
  RelayedCall call{running};
  call.open_paths();  // from the address in the SDP: locked at once
  MediaPhone stranger{0x6666};
  send_as_stranger(call.caller, stranger, *call.bridge, Side::caller);
  EXPECT_TRUE(call.callee.hears_nothing());
  call.callee.send();
  EXPECT_TRUE(call.caller.hear()) << "and the caller's media still go to the caller";
  EXPECT_TRUE(stranger.hears_nothing());
  EXPECT_EQ(call.bridge->counts(Side::caller).strangers, GetParam() ? 0u : 1u);
  EXPECT_EQ(call.bridge->counts(Side::caller).packets, 1u);
}

TEST_P(MediaRelayOfStrangers, RelaysNothingOfThemBesideASourceThatIsBeingLearnt) {
  RunningRelay running{config()};
  RelayedCall call{running};
  MediaPhone elsewhere{0x4444};  // not at the address in the SDP: it takes packets or time to be sure
  elsewhere.call(*call.bridge, Side::caller);
  elsewhere.send();
  ASSERT_TRUE(call.callee.hear());
  MediaPhone stranger{0x6666};
  send_as_stranger(elsewhere, stranger, *call.bridge, Side::caller);
  EXPECT_TRUE(call.callee.hears_nothing());
  EXPECT_TRUE(comes_true([&] { return call.bridge->counts(Side::caller).strangers == 1; }));
  call.callee.send();
  EXPECT_TRUE(elsewhere.hear());
  EXPECT_TRUE(stranger.hears_nothing());
}

TEST_P(MediaRelayOfStrangers, LearnsAnewWhenItIsToldToConnectAgain) {
  RunningRelay running{config()};
  RelayedCall call{running};
  call.open_paths();
  MediaPhone moved{0x5555};  // the caller has another address from now on
  moved.call(*call.bridge, Side::caller);
  call.bridge->connect(Side::caller, agreement_with(moved));
  running.settle();
  call.callee.send();
  EXPECT_TRUE(moved.hear()) << "before it has sent anything, as its SDP says";
  moved.send();
  EXPECT_TRUE(call.callee.hear());
  call.callee.send();
  EXPECT_TRUE(moved.hear());
  EXPECT_TRUE(call.caller.hears_nothing());
  call.caller.send();
  EXPECT_TRUE(call.callee.hears_nothing()) << "the address of before is a stranger's now";
}

TEST_P(MediaRelayOfStrangers, GoesOnWithAPeerThatWasNotThereForAWhile) {
  RunningRelay running{config()};
  RelayedCall call{running};
  auto callee = std::make_unique<MediaPhone>(0x7777);
  callee->call(*call.bridge, Side::callee);
  call.bridge->connect(Side::callee, agreement_with(*callee));
  running.settle();
  callee->send();
  ASSERT_TRUE(call.caller.hear());
  callee.reset();  // from here on its port refuses
  for (int i = 0; i < 5; ++i) call.caller.send();
  EXPECT_TRUE(comes_true([&] { return call.bridge->counts(Side::caller).packets == 5; }));
  call.bridge->connect(Side::callee, agreement_with(call.callee));
  running.settle();
  call.caller.send();
  EXPECT_TRUE(call.callee.hear());
}

INSTANTIATE_TEST_SUITE_P(SocketsConnected, MediaRelayOfStrangers, testing::Bool());

TEST(MediaRelay, FollowsStrangersIfItIsToldTo) {
  auto config = RunningRelay::test_config();
  config.latch.mode = rtp::LatchMode::never_locked;
  RunningRelay running{config};
  RelayedCall call{running};
  call.open_paths();
  MediaPhone stranger{0x6666};
  send_as_stranger(call.caller, stranger, *call.bridge, Side::caller);
  EXPECT_TRUE(call.callee.hear());
  call.callee.send();
  EXPECT_TRUE(stranger.hear()) << "RTPbleed";
}

TEST(MediaRelay, KeepsAnotherSsrcOfTheSameAddressOut) {
  RunningRelay running;
  RelayedCall call{running};
  call.open_paths();
  const auto own = call.caller.next.ssrc;
  EXPECT_TRUE(comes_true([&] {  // both within the time that a known SSRC is waited for
    call.caller.next.ssrc = own;
    call.caller.send();
    call.caller.next.ssrc = 0x9999;
    call.caller.send();
    while (call.callee.hear(wait_for_nothing)) {
    }
    return call.bridge->counts(Side::caller).strangers > 0;
  }));
}

TEST(MediaRelay, SendsNothingToASideThatDoesNotWantIt) {
  RunningRelay running;
  RelayedCall call{running};
  call.open_paths();
  call.caller.send();
  const auto heard_before = call.callee.hear();
  const auto before = parsed(heard_before).header;
  // The callee says sendonly: as the relay sees it, it only receives from there.
  call.bridge->connect(Side::callee, agreement_with(call.callee, {.direction = sdp::Direction::recvonly}));
  running.settle();
  for (int i = 0; i < 5; ++i) call.caller.send();
  EXPECT_TRUE(call.callee.hears_nothing());
  call.callee.send();
  EXPECT_TRUE(call.caller.hear()) << "music on hold";

  call.bridge->connect(Side::callee, agreement_with(call.callee));
  running.settle();
  call.caller.send();
  const auto heard_after = call.callee.hear();
  const auto after = parsed(heard_after).header;
  EXPECT_EQ(after.sequence, static_cast<std::uint16_t>(before.sequence + 1)) << "what was not sent was not lost";
  EXPECT_TRUE(after.marker);
  EXPECT_EQ(after.ssrc, before.ssrc);
}

TEST(MediaRelay, SendsNothingToASideOnHoldInTheOldWay) {
  RunningRelay running;
  RelayedCall call{running};
  call.open_paths();
  auto held = agreement_with(call.callee);
  held.remote.reset();  // c=0.0.0.0
  call.bridge->connect(Side::callee, held);
  running.settle();
  call.caller.send();
  EXPECT_TRUE(call.callee.hears_nothing());
}

TEST(MediaRelay, RelaysNothingBeforeBothHaveAgreed) {
  RunningRelay running;
  const auto bridge = running.open();
  MediaPhone caller{1};
  caller.call(*bridge, Side::caller);
  caller.send();  // nothing is expected yet
  EXPECT_TRUE(caller.hears_nothing());
  bridge->connect(Side::caller, agreement_with(caller));
  running.settle();
  caller.send();
  EXPECT_TRUE(comes_true([&] { return bridge->counts(Side::caller).packets == 1; }));
  EXPECT_TRUE(caller.hears_nothing());
}

TEST(MediaRelay, ThrowsAwayWhatIsNoPacket) {
  RunningRelay running;
  RelayedCall call{running};
  call.open_paths();
  call.caller.send_raw({});
  call.caller.send_raw(as_bytes("x"));
  call.caller.send_raw(as_bytes("\x80\x08 no header"));
  call.caller.send_raw(Buffer(20, std::byte{0x80}));  // a CSRC count of 0, payload type 0: not agreed on
  Buffer longest(media_packet_bytes_max, std::byte{0});
  longest[0] = std::byte{0x80};
  longest[1] = std::byte{8};
  rtp::set_header(longest, call.caller.next);
  Buffer too_long = longest;
  too_long.push_back(std::byte{0});
  call.caller.send_raw(too_long);
  call.caller.send_raw(longest);
  const auto heard = call.callee.hear();
  ASSERT_TRUE(heard);
  EXPECT_EQ(heard->size(), media_packet_bytes_max);
  EXPECT_TRUE(call.callee.hears_nothing());
}

TEST(MediaRelay, CountsWhatIsMissing) {
  RunningRelay running;
  RelayedCall call{running};
  for (int i = 0; i < 20; ++i) {
    if (i % 10 == 5) {  // lost on the way to the relay
      ++call.caller.next.sequence;
      call.caller.next.timestamp += 160;
    }
    call.caller.send();
    EXPECT_TRUE(call.callee.hear());
  }
  const auto counts = call.bridge->counts(Side::caller);
  EXPECT_EQ(counts.packets, 20u);
  EXPECT_EQ(counts.lost, 2u);
  EXPECT_GT(counts.jitter_ms, 0);  // they came faster than their timestamps say
  EXPECT_EQ(call.bridge->counts(Side::callee).packets, 0u);
}

TEST(MediaRelay, SharesCallsOutAmongWorkers) {
  RunningRelay running{RunningRelay::test_config(), 2};
  std::vector<std::unique_ptr<RelayedCall>> calls;
  for (int i = 0; i < 6; ++i) calls.push_back(std::make_unique<RelayedCall>(running));
  for (int round = 0; round < 10; ++round) {
    for (const auto& call : calls) call->caller.send();
    for (const auto& call : calls) call->callee.send();
    for (const auto& call : calls) {
      EXPECT_TRUE(call->callee.hear());
      EXPECT_TRUE(call->caller.hear());
    }
  }
  for (const auto& call : calls) EXPECT_EQ(call->bridge->counts(Side::caller).packets, 10u);
}

TEST(MediaRelay, WorksWithIpv6) {
  RunningRelay running;
  const auto bridge = running.relay().open(*parse_ip("::1"), phones_host);
  if (!bridge) GTEST_SKIP() << "this host has no IPv6";
  EXPECT_EQ(to_string(bridge->address(Side::caller)), "::1");
  MediaPhone callee{2};
  callee.call(*bridge, Side::callee);
  MediaAddress own{*parse_ip("::1"), 0};
  socklen_t bytes = own.bytes();
  const FileDescriptor caller{::socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
  ASSERT_EQ(::bind(caller.get(), own.data(), bytes), 0);
  ASSERT_EQ(::getsockname(caller.get(), own.data(), &bytes), 0);
  auto agreement = agreement_with(callee);
  bridge->connect(Side::callee, agreement);
  agreement.remote = sdp::Connection{.family = sdp::AddressFamily::ip6, .address = "::1"};
  agreement.remote_port = own.port();
  bridge->connect(Side::caller, agreement);
  running.settle();
  callee.send();
  const timeval limit{5, 0};
  ::setsockopt(caller.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  Buffer packet(200);
  EXPECT_EQ(::recv(caller.get(), packet.data(), packet.size(), 0), 172);
  const MediaAddress relay{*parse_ip("::1"), bridge->port(Side::caller)};
  ::sendto(caller.get(), packet.data(), 172, 0, relay.data(), relay.bytes());
  EXPECT_TRUE(callee.hear());
}

std::size_t descriptors_open() {
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& one : std::filesystem::directory_iterator{"/proc/self/fd"}) ++count;
  return count;
}

TEST(MediaRelay, LeavesNothingBehindAfterManyCalls) {
  RunningRelay running{RunningRelay::test_config(), 2};
  const auto pairs = running.relay().ports_free();
  const auto before = descriptors_open();
  constexpr int rounds = 10;
  for (int round = 0; round < rounds; ++round) {
    std::vector<std::unique_ptr<RelayedCall>> calls;
    for (int i = 0; i < 20; ++i) calls.push_back(std::make_unique<RelayedCall>(running));
    for (const auto& call : calls) call->open_paths();
    calls.front()->bridge->play(Side::caller, Announcement::tone);
  }
  running.settle();
  EXPECT_EQ(descriptors_open(), before);
  EXPECT_EQ(running.relay().ports_free(), pairs);
}

TEST(MediaRelay, EndsAllCallsWithTheRuntimeAtOnce) {
  RunningRelay running;
  RelayedCall call{running};
  call.open_paths();
  call.bridge->play(Side::caller, Announcement::tone);
  running.settle();
  const auto begin = std::chrono::steady_clock::now();
  running.stop();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds{500}) << "it waited for the drain";
  EXPECT_EQ(call.bridge->counts(Side::caller).packets, 1u);
  call.bridge->connect(Side::caller, agreement_with(call.caller));  // too late, and no harm
  call.bridge.reset();
}

}  // namespace
}  // namespace labnet::sip_server
