// Captures on an interface of the test's own: real frames, real files, real losses.
#include "clients/capture/capture.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <sstream>

#include "clients/ping/client.hpp"
#include "common/packet/capture_reader.hpp"
#include "common/packet/frame.hpp"
#include "tests/support/two_hosts.hpp"

namespace labnet::capture {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

std::string content_of(const std::filesystem::path& path) {
  std::ifstream file{path, std::ios::binary};
  std::ostringstream content;
  content << file.rdbuf();
  return content.str();
}

std::vector<std::string> frames_in(std::string_view file) {
  packet::CaptureReader reader;
  reader.feed(as_bytes(file));
  std::vector<std::string> frames;
  while (const auto frame = *reader.next()) frames.emplace_back(as_text(frame->data));
  EXPECT_EQ(reader.unread_bytes(), 0u);
  return frames;
}

class CaptureTest : public testing::Test {
 protected:
  void SetUp() override {
    std::array<char, 32> name{"/tmp/labnet_capture.XXXXXX"};
    folder_ = ::mkdtemp(name.data());
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  Options options(std::string file, std::string filter = "icmp") const {
    Options options;
    options.tap = {.interface = "eth0", .filter = std::move(filter)};
    if (!file.empty()) options.file = folder_ / file;
    return options;
  }
  std::vector<std::string> names_in_folder() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator{folder_}) names.push_back(entry.path().filename());
    return names;
  }
  /// Requests and replies: two frames each, of 74 bytes.
  static void ping(std::uint64_t count) {
    auto options = ping::Options::of(ping::Style::windows);
    options.count = count;
    options.interval = 0ms;
    auto client = ping::Client::open(options);
    ASSERT_TRUE(client);
    EXPECT_EQ(client->run(*parse_ipv4("192.168.1.7"), [](const ping::Event&) {}).received, count);
  }

  test::TwoHosts& hosts_ = test::TwoHosts::instance();
  std::filesystem::path folder_;
};

constexpr Stop at_once{.after = 0ms};

TEST_F(CaptureTest, KeepsWhatTheKernelHeldWhenItWasStopped) {
  auto capture = Capture::open(options("x.pcap"));
  ASSERT_TRUE(capture) << capture.error().message;
  ping(4);
  const auto report = capture->run(at_once);
  ASSERT_TRUE(report);
  EXPECT_EQ(report->captured, 8u);
  EXPECT_EQ(report->received, 8u);
  EXPECT_EQ(report->dropped, 0u);
  ASSERT_TRUE(capture->save());
  const auto frames = frames_in(content_of(folder_ / "x.pcap"));
  ASSERT_EQ(frames.size(), 8u);
  EXPECT_EQ(frames_in(content_of(folder_ / "x.pcapng")), frames);
  for (const auto& frame : frames) {
    EXPECT_EQ(frame.size(), 74u);
    EXPECT_EQ(packet::parse_frame(as_bytes(frame)).icmp->checksum, packet::Checksum::right);
  }
}

TEST_F(CaptureTest, StartsWithTheFirstArpRequest) {
  hosts_.here("ip neighbour flush dev eth0");
  auto capture = Capture::open(options("x.pcap", ""));
  ASSERT_TRUE(capture);
  ping(1);
  ASSERT_TRUE(capture->run(at_once));
  ASSERT_TRUE(capture->save());
  const auto frames = frames_in(content_of(folder_ / "x.pcap"));
  ASSERT_GE(frames.size(), 4u);
  EXPECT_EQ(packet::parse_frame(as_bytes(frames[0])).arp->operation, packet::Arp::request);
  EXPECT_EQ(packet::parse_frame(as_bytes(frames[1])).arp->operation, packet::Arp::reply);
  EXPECT_EQ(packet::parse_frame(as_bytes(frames[2])).icmp->type, packet::Icmp::echo_request);
}

TEST_F(CaptureTest, ShowsNoFileBeforeItIsSaved) {
  {
    auto capture = Capture::open(options("x.pcap"));
    ASSERT_TRUE(capture);
    EXPECT_FALSE(std::filesystem::exists(folder_ / "x.pcap"));
    EXPECT_FALSE(std::filesystem::exists(folder_ / "x.pcapng"));
    ping(1);
    ASSERT_TRUE(capture->run(at_once));
    EXPECT_FALSE(std::filesystem::exists(folder_ / "x.pcap"));
  }
  EXPECT_THAT(names_in_folder(), IsEmpty());
}

TEST_F(CaptureTest, LeavesNothingButItsFilesBehind) {
  for (int i = 0; i < 2; ++i) {  // the second one replaces the first
    auto capture = Capture::open(options("x.pcap"));
    ASSERT_TRUE(capture);
    ASSERT_TRUE(capture->run(at_once));
    ASSERT_TRUE(capture->save("CLIENT_RANDOM 00 11\n"));
    EXPECT_THAT(capture->paths(), ElementsAre(folder_ / "x.pcap", folder_ / "x.pcapng"));
  }
  EXPECT_THAT(names_in_folder(), UnorderedElementsAre("x.pcap", "x.pcapng"));
}

TEST_F(CaptureTest, ThatIsKilledLeavesNoFileOfTheFinalName) {
  std::array<int, 2> opened{};
  ASSERT_EQ(::pipe(opened.data()), 0);
  const auto pid = ::fork();
  if (pid == 0) {
    auto capture = Capture::open(options("x.pcap"));
    if (capture && ::write(opened[1], "", 1) == 1) (void)capture->run({});
    ::_exit(1);
  }
  char byte = 1;
  ASSERT_EQ(::read(opened[0], &byte, 1), 1);
  ping(1);
  ::kill(pid, SIGKILL);
  ::waitpid(pid, nullptr, 0);
  for (const auto fd : opened) ::close(fd);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "x.pcap"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "x.pcapng"));
}

TEST_F(CaptureTest, OfAPcapngNameWritesThatAlone) {
  auto capture = Capture::open(options("x.pcapng"));
  ASSERT_TRUE(capture && capture->run(at_once) && capture->save());
  EXPECT_THAT(names_in_folder(), ElementsAre("x.pcapng"));
}

TEST_F(CaptureTest, PutsNamesCommentsSecretsAndCountersIntoThePcapng) {
  auto with_all = options("x.pcap");
  with_all.description = "pc1 on lan";
  with_all.comments = {"activity 8.1"};
  with_all.names.records = {{*parse_ipv4("192.168.1.7"), {"dns.labredes71.com"}}};
  auto capture = Capture::open(with_all);
  ASSERT_TRUE(capture);
  ping(2);
  ASSERT_TRUE(capture->run(at_once) && capture->save("CLIENT_RANDOM 00 11\n"));
  const auto file = content_of(folder_ / "x.pcapng");
  packet::PcapngReader reader;
  std::vector<packet::Block> blocks;
  for (auto rest = as_bytes(file); !rest.empty();) {
    auto parsed = *reader.next(rest);
    ASSERT_TRUE(parsed);
    rest = rest.subspan(parsed->size_bytes);
    blocks.push_back(std::move(parsed->block));
  }
  ASSERT_EQ(blocks.size(), 4u + 4u + 1u);
  EXPECT_THAT(std::get<packet::SectionHeader>(blocks[0]).comments, ElementsAre("activity 8.1"));
  EXPECT_EQ(std::get<packet::Interface>(blocks[1]).name, "eth0");
  EXPECT_EQ(std::get<packet::Interface>(blocks[1]).description, "pc1 on lan");
  EXPECT_EQ(std::get<packet::Interface>(blocks[1]).filter, "icmp");
  EXPECT_THAT(std::get<packet::NameResolution>(blocks[2]).records.at(0).names, ElementsAre("dns.labredes71.com"));
  EXPECT_EQ(std::get<packet::DecryptionSecrets>(blocks[3]).secrets, "CLIENT_RANDOM 00 11\n");
  EXPECT_TRUE(std::holds_alternative<packet::Packet>(blocks[4]));
  const auto& statistics = std::get<packet::InterfaceStatistics>(blocks.back());
  EXPECT_EQ(statistics.received, 4u);
  EXPECT_EQ(statistics.delivered, 4u);
  EXPECT_EQ(statistics.dropped_by_system, 0u);
}

TEST_F(CaptureTest, IsReadByTshark) {
  auto capture = Capture::open(options("x.pcap"));
  ASSERT_TRUE(capture);
  ping(2);
  ASSERT_TRUE(capture->run(at_once) && capture->save());
  for (const auto* name : {"x.pcap", "x.pcapng"}) {
    const auto fields =
        hosts_.here("tshark -r " + (folder_ / name).string() +
                    " -T fields -e ip.src -e icmp.type -e icmp.ident -e icmp.seq -e ip.ttl 2>/dev/null");
    EXPECT_EQ(fields,
              "192.168.1.6\t8\t1\t1\t128\n192.168.1.7\t0\t1\t1\t64\n"
              "192.168.1.6\t8\t1\t2\t128\n192.168.1.7\t0\t1\t2\t64\n");
  }
}

TEST_F(CaptureTest, StopsAtTheNumberOfFrames) {
  auto capture = Capture::open(options("x.pcap"));
  ASSERT_TRUE(capture);
  ping(4);
  const auto report = capture->run({.frames = 3});
  EXPECT_EQ(report->captured, 3u);
  EXPECT_EQ(report->received, 8u);
}

TEST_F(CaptureTest, StopsWhenItIsTold) {
  const FileDescriptor stop{::eventfd(0, EFD_CLOEXEC)};
  auto capture = Capture::open(options(""));
  ASSERT_TRUE(capture);
  ping(2);
  std::uint64_t seen = 0;
  const auto report = capture->run({.descriptor = stop.get()}, [&](const packet::CapturedFrame&) {
    if (++seen == 4) ::eventfd_write(stop.get(), 1);
  });
  EXPECT_EQ(report->captured, 4u);
  EXPECT_EQ(seen, 4u);
}

TEST_F(CaptureTest, CountsWhatTheKernelHadNoRoomFor) {
  auto small = options("x.pcap");
  small.tap.buffer_bytes = Options::buffer_bytes_min;
  auto capture = Capture::open(small);
  ASSERT_TRUE(capture);
  ping(500);
  const auto report = capture->run(at_once);
  EXPECT_EQ(report->received, 1000u);
  EXPECT_GT(report->dropped, 0u);
  EXPECT_EQ(report->captured + report->dropped, report->received);
}

TEST_F(CaptureTest, StreamsPcapng) {
  std::array<int, 2> pipe{};
  ASSERT_EQ(::pipe(pipe.data()), 0);
  auto streamed = options("");
  streamed.stream = pipe[1];
  auto capture = Capture::open(streamed);
  ASSERT_TRUE(capture);
  ping(2);
  ASSERT_TRUE(capture->run(at_once));
  ::close(pipe[1]);
  std::string stream(65'536, '\0');
  stream.resize(static_cast<std::size_t>(::read(pipe[0], stream.data(), stream.size())));
  EXPECT_EQ(frames_in(stream).size(), 4u);
  ::close(pipe[0]);
}

TEST_F(CaptureTest, EndsWhenNobodyReadsTheStreamAnyMore) {
  ::signal(SIGPIPE, SIG_IGN);
  std::array<int, 2> pipe{};
  ASSERT_EQ(::pipe(pipe.data()), 0);
  auto streamed = options("");
  streamed.stream = pipe[1];
  auto capture = Capture::open(streamed);
  ASSERT_TRUE(capture);
  ::close(pipe[0]);
  EXPECT_TRUE(capture->run({}));
  ::close(pipe[1]);
}

TEST_F(CaptureTest, CutsFramesToTheSnapshotLength) {
  auto cut = options("x.pcap");
  cut.tap.snap_bytes = 40;
  auto capture = Capture::open(cut);
  ASSERT_TRUE(capture);
  ping(1);
  ASSERT_TRUE(capture->run(at_once) && capture->save());
  for (const auto& frame : frames_in(content_of(folder_ / "x.pcap"))) EXPECT_EQ(frame.size(), 40u);
}

TEST_F(CaptureTest, SaysWhatIsWrongWithTheFilter) {
  EXPECT_THAT(Capture::open(options("", "tcp prot 80")).error().message,
              AllOf(HasSubstr("the filter \"tcp prot 80\" is not understood: "), HasSubstr("syntax error")));
}

TEST_F(CaptureTest, NamesTheInterfaceThatWasMeant) {
  auto other = options("");
  other.tap.interface = "eht0";
  EXPECT_EQ(Capture::open(other).error().message, "there is no interface eht0; did you mean eth0?");
  other.tap.interface = "wireless";
  EXPECT_THAT(Capture::open(other).error().message, HasSubstr("there is no interface wireless; there are lo, "));
}

TEST_F(CaptureTest, SaysThatTheInterfaceIsDownOrGone) {
  hosts_.here("ip link add down0 type veth peer name down1");
  auto other = options("x.pcap", "");
  other.tap.interface = "down0";
  EXPECT_EQ(Capture::open(other).error().message, "the interface down0 is down");
  hosts_.here("ip link set down0 up && ip link set down1 up");
  auto capture = Capture::open(other);
  ASSERT_TRUE(capture) << capture.error().message;
  hosts_.here("ip link delete down0");
  EXPECT_THAT(capture->run({}).error().message, HasSubstr("cannot capture on down0 any more: "));
  EXPECT_TRUE(capture->save());
}

TEST_F(CaptureTest, SaysThatTheFolderIsNotThere) {
  auto other = options("x.pcap");
  other.file = folder_ / "none" / "x.pcap";
  EXPECT_EQ(Capture::open(other).error().message,
            "cannot write " + other.file.string() + ": No such file or directory");
}

}  // namespace
}  // namespace labnet::capture
