// Listings: of odd names, of large folders, and those that nobody reads.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>

#include "servers/ftp/limits.hpp"
#include "tests/servers/ftp/running_ftp.hpp"

namespace labnet::ftp_server {
namespace {

using testing::StartsWith;

class FtpListing : public testing::Test {
 protected:
  RunningFtp server;
  FtpClient client{server};

  void SetUp() override { client.log_in(); }
  void make_files(const std::string& folder, std::size_t count) const {
    for (std::size_t i = 0; i < count; ++i) server.write(fmt::format("{}/{:05}", folder, i), "");
  }
};

TEST_F(FtpListing, HasOneLineForEachNameWhateverIsInIt) {
  server.write("odd/a\r\nforged", "x");
  EXPECT_EQ(client.get("NLST odd"), "a??forged\r\n");
  for (const auto* command : {"LIST odd", "MLSD odd"}) {
    EXPECT_THAT(client.get(command), testing::EndsWith("a??forged\r\n")) << command;
  }
}

TEST_F(FtpListing, OfManyFilesIsWhole) {
  constexpr int count = 20'000;
  make_files("many", count);
  const auto names = client.get("NLST many");
  EXPECT_EQ(names.size(), count * 7u);
  EXPECT_TRUE(names.starts_with("00000\r\n00001\r\n"));
  EXPECT_TRUE(names.ends_with("19999\r\n"));
  const auto facts = client.get("MLSD many");
  EXPECT_EQ(std::ranges::count(facts, '\n'), count);
  EXPECT_LT(facts.find("; 00000\r\n"), facts.find("; 00001\r\n"));
}

TEST_F(FtpListing, OfMoreThanIsSortedAtOnceIsWhole) {
  constexpr std::size_t name_bytes = 250;
  constexpr auto count = listing_names_bytes_max / name_bytes + 100;
  for (std::size_t i = 0; i < count; ++i) server.write(fmt::format("large/{:0{}}", i, name_bytes), "");
  const auto names = client.get("NLST large");
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < names.size(); at += name_bytes + 2) lines.push_back(names.substr(at, name_bytes));
  std::ranges::sort(lines);
  ASSERT_EQ(lines.size(), count);
  for (std::size_t i = 0; i < count; ++i) EXPECT_EQ(lines[i], fmt::format("{:0{}}", i, name_bytes));
}

TEST_F(FtpListing, BySTATSaysWhereItStops) {
  make_files("some", stat_entries_max);
  EXPECT_THAT(client.ask("STAT some"), testing::EndsWith("\n213 End"));
  server.write("some/more", "");
  const auto reply = client.ask("STAT some");
  EXPECT_THAT(reply,
              testing::EndsWith(fmt::format("\n213 End of the first {} entries; LIST tells all", stat_entries_max)));
  EXPECT_EQ(static_cast<std::size_t>(std::ranges::count(reply, '\n')), stat_entries_max + 1);
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // the memory is the program's own
TEST_F(FtpListing, ThatNobodyReadsHoldsLittle) {
  constexpr std::size_t clients = 20;
  constexpr std::size_t name_bytes = 200;  // so that the listing is more than the system holds for a connection
  for (std::size_t i = 0; i < 20'000; ++i) server.write(fmt::format("many/{:0{}}", i, name_bytes), "");
  client.get("MLSD many");  // what the first one takes stays
  const auto before = server.resident_bytes();
  std::vector<std::pair<FtpClient, TcpClient>> others;
  for (std::size_t i = 0; i < clients; ++i) {
    FtpClient one{server};
    one.log_in();
    auto data = one.open_passive();
    EXPECT_THAT(one.ask("MLSD many"), StartsWith("150 "));
    others.emplace_back(std::move(one), std::move(data));
  }
  client.get("MLSD many");  // behind the others: by now these are under way as far as they go
  EXPECT_LT((server.resident_bytes() - before) / clients, 2 * listing_names_bytes_max);
}
#endif

}  // namespace
}  // namespace labnet::ftp_server
