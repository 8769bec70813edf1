// A connection of the HTTP server, over a real socket: any bytes, cut anywhere, and then the end. What comes back is
// nothing but responses, each as long as its head says; nothing outside the root is told or changed; and the connection
// ends with the client, with nothing left open.
//
// An input's first octet says how many bytes travel at a time, 0 for all; the others are what the client sends.
#include <arpa/inet.h>
#include <dirent.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>
#include <fstream>

#include "common/http/response_head.hpp"
#include "common/log/log.hpp"
#include "common/net/stream.hpp"
#include "servers/http/connection.hpp"
#include "servers/http/limits.hpp"
#include "servers/http/site_set.hpp"
#include "tests/support/require.hpp"

namespace {

using namespace labnet;
using test::require;

constexpr std::size_t input_bytes_max = 16 * 1024;
constexpr std::chrono::seconds patience{10};
const std::string outside_text = "that nobody may see";

void write(const std::filesystem::path& path, const std::string& text) {
  std::ofstream{path, std::ios::binary} << text;
}

std::string read(const std::filesystem::path& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

std::ptrdiff_t open_descriptors() {
  const std::filesystem::directory_iterator all{"/proc/self/fd"};
  return std::distance(begin(all), end(all));
}

class ServedFolder {
 public:
  ServedFolder() : folder_{std::filesystem::temp_directory_path() / "labnet-fuzz-XXXXXX"} {
    auto name = folder_.string();
    require(::mkdtemp(name.data()) != nullptr, "a folder can be made");
    folder_ = name;
    write(folder_ / "outside.txt", outside_text);
    make();
  }
  ~ServedFolder() { std::filesystem::remove_all(folder_); }
  ServedFolder(const ServedFolder&) = delete;
  ServedFolder& operator=(const ServedFolder&) = delete;

  std::filesystem::path root() const { return folder_ / "root"; }
  bool is_outside_untouched() const {
    const std::filesystem::directory_iterator all{folder_};
    return std::distance(begin(all), end(all)) == 2 && read(folder_ / "outside.txt") == outside_text;
  }
  void make() const {
    std::filesystem::create_directories(root());
    for (const auto& entry : std::filesystem::directory_iterator{root()}) std::filesystem::remove_all(entry.path());
    write(root() / "index.html", std::string(1'000, 'a'));
    write(root() / "a.txt", "0123456789");
    std::filesystem::create_directories(root() / "up");
    std::filesystem::create_symlink("../outside.txt", root() / "out");
  }

 private:
  std::filesystem::path folder_;
};

http_server::Config config_of(const std::filesystem::path& root) {
  http_server::Config config;
  http_server::SiteConfig site;
  site.root = root;
  site.listing = site.uploads = true;
  site.redirects.push_back({"/old/*", "/*", 301});
  site.applications.push_back({"/echo", http_server::ApplicationKind::echo, {}});
  site.applications.push_back({"/upload", http_server::ApplicationKind::upload, "/up/"});
  site.protected_areas.push_back({"/basic/*", "r", http_server::AuthenticationScheme::basic, {{"a", "b"}}});
  site.protected_areas.push_back({"/digest/*", "r", http_server::AuthenticationScheme::digest, {{"a", "b"}}});
  config.sites.push_back(std::move(site));
  config.limits.body_bytes_max = 8 * 1024;
  config.limits.requests_per_connection_max = 50;
  return config;
}

/// Both ends of a connection of the loopback network.
class Ends {
 public:
  Ends() : listener_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
    sockaddr_in place{};
    place.sin_family = AF_INET;
    place.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof place;
    const auto* address = reinterpret_cast<const sockaddr*>(&place);
    require(::bind(listener_.get(), address, size) == 0 && ::listen(listener_.get(), 8) == 0, "a socket can listen");
    require(::getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&place_), &size) == 0, "it has an address");
  }
  std::pair<FileDescriptor, FileDescriptor> connect() const {
    FileDescriptor client{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    const auto* address = reinterpret_cast<const sockaddr*>(&place_);
    require(::connect(client.get(), address, sizeof place_) == 0, "it can be connected to");
    const int now = 1;
    ::setsockopt(client.get(), IPPROTO_TCP, TCP_NODELAY, &now, sizeof now);
    FileDescriptor server{::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC)};
    require(server.get() >= 0, "it can be accepted");
    return {std::move(client), std::move(server)};
  }

 private:
  FileDescriptor listener_;
  sockaddr_in place_{};
};

/// A server that plays one connection after the other, all on this thread.
class Server {
 public:
  Server()
      : config_{config_of(folder_.root())},
        context_{worker_, config_.limits, config_.like,
                 http_server::Responder{worker_, *http_server::SiteSet::make(config_),
                                        std::make_shared<http_server::Gate>(config_.limits)}} {}

  /// What it sends.
  std::string play(std::string_view input, std::size_t piece_bytes) {
    auto [client, server] = ends_.connect();
    net::TcpSocket socket{worker_.executor()};
    socket.assign(net::asio::ip::tcp::v4(), server.release());
    bool is_over = false;
    worker_.spawn([](auto& context, net::Stream stream, bool& over) -> net::Task<void> {
      co_await http_server::serve_connection(context, std::move(stream));
      over = true;
    }(context_, net::Stream{std::move(socket)}, is_over));
    std::string output;
    while (!input.empty() && !is_over) {
      const auto piece = input.substr(0, piece_bytes);
      if (::send(client.get(), piece.data(), piece.size(), MSG_NOSIGNAL | MSG_DONTWAIT) < 0) break;
      input.remove_prefix(piece.size());
      turn(client, output);
    }
    ::shutdown(client.get(), SHUT_WR);
    const auto until = std::chrono::steady_clock::now() + patience;
    while (!is_over) {
      turn(client, output);
      require(std::chrono::steady_clock::now() < until, "the connection ends with the client");
    }
    receive(client, output);
    require(folder_.is_outside_untouched(), "nothing outside the root is changed");
    return output;
  }
  void begin_anew() {
    folder_.make();
    context_.responder.replace(context_.responder.sites());  // forgets what it has read
  }

 private:
  void turn(const FileDescriptor& client, std::string& output) {
    worker_.context().restart();
    if (worker_.context().poll() == 0) worker_.context().run_one_for(std::chrono::milliseconds{1});
    receive(client, output);
  }
  static void receive(const FileDescriptor& client, std::string& output) {
    std::array<char, 64 * 1024> buffer;
    for (;;) {
      const auto count = ::recv(client.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
      if (count <= 0) return;
      output.append(buffer.data(), static_cast<std::size_t>(count));
    }
  }

  ServedFolder folder_;
  Ends ends_;
  http_server::Config config_;
  net::Helpers helpers_{0, 0};  // everything is done in place
  net::Worker worker_{0, helpers_};
  http_server::Context context_;
};

/// Whether the bytes are responses and nothing else. Which of them answers HEAD is not known: its body is left out.
bool are_responses(std::string_view bytes) {
  while (!bytes.empty()) {
    http::ResponseHeadReader reader;
    const auto head = reader.read(as_bytes(bytes));
    if (!head || !*head) return false;
    bytes.remove_prefix(**head);
    const auto status = reader.head().status();
    if (status < 200 || status == 204 || status == 304) continue;
    const auto length = reader.head().fields().find("Content-Length");
    if (!length) return false;  // this server always knows it
    const auto body_bytes = std::stoull(std::string{*length});
    const bool has_body =
        body_bytes <= bytes.size() && (body_bytes == bytes.size() || bytes.substr(body_bytes).starts_with("HTTP/1.1 "));
    if (has_body) {
      bytes.remove_prefix(body_bytes);
    } else if (!bytes.empty() && !bytes.starts_with("HTTP/1.1 ")) {
      return false;
    }
  }
  return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Server server;
  if (size == 0 || size > input_bytes_max) return 0;
  const std::string_view input{reinterpret_cast<const char*>(data) + 1, size - 1};
  const bool changes =
      input.find("PUT") != input.npos || input.find("DELETE") != input.npos || input.find("POST") != input.npos;
  const auto before = open_descriptors();
  const auto output = server.play(input, data[0] == 0 ? input_bytes_max : data[0]);
  require(are_responses(output), "all that comes back is responses, each as long as its head says");
  // A body that a client has sent itself may come back; a request that names the file does not hold what stands in it.
  require(output.find(outside_text) == output.npos || input.find(outside_text) != input.npos,
          "nothing outside the root is told");
  if (changes) server.begin_anew();
  require(open_descriptors() <= before + static_cast<std::ptrdiff_t>(http_server::documents_max),
          "what the cache does not keep is closed");
  return 0;
}
