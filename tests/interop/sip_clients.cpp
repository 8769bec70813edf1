#include "tests/interop/sip_clients.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>

#include "common/base/file_descriptor.hpp"
#include "common/base/text.hpp"

namespace labnet::sip_server {

std::string SipClients::server(const std::string& scheme) const {
  return fmt::format("127.0.0.1:{}", port(scheme));
}

/// "  1.2 5.5 127.0.0.1 20000 127.0.0.1 10104 0x1F2E3D4C g711A 250 0 (0.0%) 19.6 ...": the share of the lost ones
/// stands in parentheses behind their number.
std::vector<RtpStream> rtp_streams(const std::string& printed) {
  std::vector<RtpStream> streams;
  for (const auto line : split(printed, '\n')) {
    std::vector<std::string_view> words;
    for (const auto word : split(line, ' ')) {
      if (!word.empty()) words.push_back(word);
    }
    const auto share = std::ranges::find_if(words, [](std::string_view word) { return word.starts_with('('); });
    if (share == words.end() || share - words.begin() < 2 || line.find(" 0x") == line.npos) continue;
    streams.push_back({parse_integer<std::size_t>(*(share - 2)).value_or(0), std::string{*(share - 1)}});
  }
  return streams;
}

std::uint16_t free_udp_port() {
  const FileDescriptor socket{::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t bytes = sizeof address;
  EXPECT_EQ(::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), bytes), 0);
  EXPECT_EQ(::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &bytes), 0);
  return ntohs(address.sin_port);
}

bool is_bound(std::uint16_t udp_port) {
  const auto port = fmt::format(":{:04X} ", udp_port);
  return test::eventually([&] { return test::read_file("/proc/net/udp").find(port) != std::string::npos; });
}

}  // namespace labnet::sip_server
