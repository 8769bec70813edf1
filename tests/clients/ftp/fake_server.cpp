#include "tests/clients/ftp/fake_server.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <stdexcept>

#include "common/ftp/data_address.hpp"
#include "tests/support/child.hpp"

namespace labnet::test {
namespace {

constexpr int patience_ms = static_cast<int>(std::chrono::milliseconds{patience}.count());

sockaddr_in on_loopback(std::uint16_t port, const std::string& address = "127.0.0.1") {
  sockaddr_in place{};
  place.sin_family = AF_INET;
  place.sin_port = htons(port);
  inet_pton(AF_INET, address.c_str(), &place.sin_addr);
  return place;
}

const sockaddr* plain(const sockaddr_in& address) {
  return reinterpret_cast<const sockaddr*>(&address);
}

FileDescriptor listening() {
  FileDescriptor socket{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  const auto address = on_loopback(0);
  if (::bind(socket.get(), plain(address), sizeof address) < 0 || ::listen(socket.get(), 8) < 0) {
    throw std::runtime_error{"cannot listen"};
  }
  return socket;
}

std::uint16_t port_of(const FileDescriptor& socket) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  ::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.sin_port);
}

bool is_readable(int descriptor) {
  pollfd event{descriptor, POLLIN, 0};
  return ::poll(&event, 1, patience_ms) == 1;
}

void send_all(int socket, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto count = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count <= 0) return;  // the client has gone, which is what the test is about
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
}

}  // namespace

void FakeSession::send(std::string_view bytes) const {
  send_all(socket_.get(), bytes);
}

bool FakeSession::read_line(std::string& line) {
  for (;;) {
    if (const auto end = unread_.find("\r\n"); end != unread_.npos) {
      line = unread_.substr(0, end);
      unread_.erase(0, end + 2);
      return true;
    }
    std::array<char, 4096> piece;
    if (!is_open() || !is_readable(socket_.get())) return false;
    const auto count = ::recv(socket_.get(), piece.data(), piece.size(), 0);
    if (count <= 0) return false;
    unread_.append(piece.data(), static_cast<std::size_t>(count));
  }
}

std::uint16_t FakeSession::listen() {
  listener_ = listening();
  return port_of(listener_);
}

void FakeSession::take_port(const std::string& argument) {
  active_port_ = ftp::parse_port(argument).value().port;
  listener_.reset();
}

void FakeSession::open_data(const std::string& own_address) {
  if (listener_) {
    if (is_readable(listener_.get()))
      data_ = FileDescriptor{::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC)};
    return;
  }
  data_ = FileDescriptor{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  const auto own = on_loopback(0, own_address);
  const auto peer = on_loopback(active_port_);
  ::bind(data_.get(), plain(own), sizeof own);
  ::connect(data_.get(), plain(peer), sizeof peer);
}

void FakeSession::send_data(std::string_view bytes) const {
  send_all(data_.get(), bytes);
}

std::string FakeSession::receive_data() const {
  std::string all;
  std::array<char, 65536> piece;
  while (is_readable(data_.get())) {
    const auto count = ::recv(data_.get(), piece.data(), piece.size(), 0);
    if (count <= 0) break;
    all.append(piece.data(), static_cast<std::size_t>(count));
  }
  return all;
}

bool FakeSession::data_ends() const {
  char byte = 0;
  return is_readable(data_.get()) && ::recv(data_.get(), &byte, 1, 0) <= 0;
}

void FakeSession::reset_data() {
  const linger at_once{1, 0};
  ::setsockopt(data_.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  data_.reset();
}

FakeServer::FakeServer(Answers answers, std::string content)
    : answers_{std::move(answers)},
      content_{std::move(content)},
      listener_{listening()},
      stop_{::eventfd(0, EFD_CLOEXEC)},
      port_{port_of(listener_)},
      thread_{[this] { serve(); }} {}

FakeServer::~FakeServer() {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(stop_.get(), &one, sizeof one);
  thread_.join();
}

std::string FakeServer::url(const std::string& path) const {
  return fmt::format("ftp://ann:secret@127.0.0.1:{}/{}", port_, path);
}

std::vector<std::string> FakeServer::lines() const {
  const std::scoped_lock lock{mutex_};
  return lines_;
}

std::string FakeServer::verbs() const {
  std::string all;
  for (const auto& line : lines()) all += (all.empty() ? "" : " ") + line.substr(0, line.find(' '));
  return all;
}

std::string FakeServer::stored() const {
  const std::scoped_lock lock{mutex_};
  return stored_;
}

void FakeServer::serve() {
  for (;;) {
    std::array<pollfd, 2> events{{{listener_.get(), POLLIN, 0}, {stop_.get(), POLLIN, 0}}};
    if (::poll(events.data(), events.size(), -1) < 0 || events[1].revents != 0) return;
    FakeSession session{FileDescriptor{::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC)}};
    serve(session);
  }
}

void FakeServer::serve(FakeSession& session) {
  const auto greeting = answers_.find("");
  if (greeting != answers_.end()) {
    greeting->second(session, {});
  } else {
    session.say("220 at your service");
  }
  for (std::string line; session.is_open() && session.read_line(line);) {
    {
      const std::scoped_lock lock{mutex_};
      lines_.push_back(line);
    }
    const auto verb = line.substr(0, line.find(' '));
    const auto argument = line.substr(std::min(verb.size() + 1, line.size()));
    const auto own = answers_.find(verb);
    if (own != answers_.end()) {
      own->second(session, argument);
    } else {
      answer_usually(session, verb, argument);
    }
    if (verb == "QUIT") return;
  }
}

void FakeServer::answer_usually(FakeSession& session, const std::string& verb, const std::string& argument) {
  if (verb == "USER") return session.say("331 and the password?");
  if (verb == "PASS") return session.say("230 welcome");
  if (verb == "PWD") return session.say("257 \"/home\" is where you are");
  if (verb == "CWD") return session.say("250 there you are");
  if (verb == "TYPE" || verb == "PBSZ" || verb == "PROT" || verb == "OPTS" || verb == "CLNT")
    return session.say("200 so be it");
  if (verb == "SIZE") return session.say(fmt::format("213 {}", content_.size()));
  if (verb == "QUIT") return session.say("221 farewell");
  if (verb == "EPSV") return session.say(fmt::format("229 Entering Extended Passive Mode (|||{}|)", session.listen()));
  if (verb == "PASV") {
    return session.say(
        fmt::format("227 Entering Passive Mode ({})", ftp::port_argument({0x7f000001}, session.listen())));
  }
  if (verb == "PORT") {
    session.take_port(argument);
    return session.say("200 so be it");
  }
  if (verb == "REST") {
    session.start_at = std::stoull(argument);
    return session.say("350 and now?");
  }
  if (verb == "RETR" || verb == "LIST" || verb == "MLSD" || verb == "NLST") {
    session.say("150 here it comes");
    session.open_data();
    const auto start_at = std::min<std::uint64_t>(std::exchange(session.start_at, 0), content_.size());
    session.send_data(std::string_view{content_}.substr(start_at));
    session.close_data();
    return session.say("226 that was all");
  }
  if (verb == "STOR" || verb == "APPE") {
    session.say("150 let it come");
    session.open_data();
    auto received = session.receive_data();
    session.close_data();
    {
      const std::scoped_lock lock{mutex_};
      stored_ = std::move(received);
    }
    return session.say("226 that was all");
  }
  session.say("502 never heard of it");
}

FakeServer::Answer line(std::string text) {
  return [text = std::move(text)](FakeSession& session, const std::string&) { session.say(text); };
}

FakeServer::Answer data_and(std::string bytes, std::string last_line) {
  return [bytes = std::move(bytes), last_line = std::move(last_line)](FakeSession& session, const std::string&) {
    session.say("150 here it comes");
    session.open_data();
    session.send_data(bytes);
    session.close_data();
    session.say(last_line);
  };
}

}  // namespace labnet::test
