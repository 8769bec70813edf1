#include "tests/servers/dns/running_dns.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstring>
#include <fstream>
#include <stdexcept>

#include "common/control/message.hpp"
#include "tests/servers/dns/records.hpp"

namespace labnet::dns_server {
namespace {

namespace json = boost::json;

sockaddr_in on_loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

const sockaddr* plain(const sockaddr_in& address) {
  return reinterpret_cast<const sockaddr*>(&address);
}

/// The port behind "SCHEME://127.0.0.1:" in the ready line.
std::uint16_t port_in(const std::string& line, const std::string& scheme) {
  const auto front = scheme + "://127.0.0.1:";
  const auto start = line.find(front) + front.size();
  return parse_integer<std::uint16_t>(line.substr(start, line.find(' ', start) - start)).value();
}

/// What stands behind `front` up to `end`; empty if it is not there.
std::string between_texts(const std::string& text, const std::string& front, const std::string& end) {
  const auto start = text.find(front);
  if (start == text.npos) return {};
  const auto from = start + front.size();
  return text.substr(from, text.find(end, from) - from);
}

/// The lines of a section of dig's output.
std::vector<std::string> section_of(const std::string& output, const std::string& title) {
  std::vector<std::string> lines;
  auto rest = between_texts(output, fmt::format(";; {} SECTION:\n", title), "\n\n") + '\n';
  for (auto end = rest.find('\n'); end != rest.npos; end = rest.find('\n')) {
    if (end > 0 && !rest.starts_with(';')) lines.push_back(with_single_blanks(rest.substr(0, end)));
    rest.erase(0, end + 1);
  }
  return lines;
}

bool is_ready(int socket) {
  pollfd event{socket, POLLIN, 0};
  return poll(&event, 1, static_cast<int>(std::chrono::milliseconds{test::patience}.count())) == 1;
}

}  // namespace

std::string with_single_blanks(std::string_view line) {
  std::string result;
  for (const char c : line) {
    const auto is_blank = c == ' ' || c == '\t';
    if (!is_blank) result += c;
    if (is_blank && !result.ends_with(' ')) result += ' ';
  }
  return result;
}

RunningDns::RunningDns(const std::vector<std::string>& options) {
  std::array<int, 2> ends{};
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()) < 0) throw std::runtime_error{"no socket pair"};
  control_.emplace(FileDescriptor{ends[0]});
  const FileDescriptor others_end{ends[1]};
  // The log goes where the ready line goes, so that tests can wait for its lines.
  std::vector<std::string> command{"sh", "-c", "exec \"$0\" \"$@\" 2>&1", test::labnet(), "serve", "dns"};
  for (const auto& option : {std::string{"--listen"}, std::string{"127.0.0.1:0"}, std::string{"--workers"},
                             std::string{"1"}, std::string{"--control-fd"}, std::to_string(ends[1])}) {
    command.push_back(option);
  }
  command.insert(command.end(), options.begin(), options.end());
  child_ = std::make_unique<test::Child>(command);
  const auto line = child_->line();
  if (!line || !line->starts_with("ready dns ")) throw std::runtime_error{line.value_or("it is not ready")};
  udp_port_ = port_in(*line, "udp");
  tcp_port_ = port_in(*line, "tcp");
}

std::unique_ptr<test::Child> RunningDns::start_dig(const std::string& words) const {
  const auto over_tcp = words.find("+tcp") != words.npos;
  std::vector<std::string> command{
      "dig",      "-r",      "@127.0.0.1", "-p", std::to_string(over_tcp ? tcp_port_ : udp_port_),
      "+tries=1", "+time=9", "+ignore"};
  for (auto& word : words_of(words)) command.push_back(std::move(word));
  return std::make_unique<test::Child>(command);
}

Dug RunningDns::dig(const std::string& words) const {
  return read_dig(start_dig(words)->wait());
}

Dug read_dig(const test::Outcome& outcome) {
  EXPECT_EQ(outcome.exit_code, 0) << outcome.output << outcome.errors;
  const auto& text = outcome.output;
  return {between_texts(text, "status: ", ","),
          between_texts(text, "flags: ", ";"),
          section_of(text, "ANSWER"),
          section_of(text, "AUTHORITY"),
          between_texts(text, "MSG SIZE  rcvd: ", "\n"),
          text.find("OPT PSEUDOSECTION") != text.npos,
          text};
}

Result<json::object> RunningDns::ask(const json::object& request) {
  return control_->ask(request, test::patience);
}

std::vector<std::string> RunningDns::cached() {
  return shown(true);
}

std::vector<std::string> RunningDns::referrals() {
  return shown(false);
}

std::vector<std::string> RunningDns::shown(bool are_answers) {
  const auto reply = ask({{"do", "cache.show"}});
  if (!reply) return {reply.error().message};
  std::vector<std::string> lines;
  for (const auto& value : reply->at("entries").as_array()) {
    const auto& entry = value.as_object();
    if ((control::text_of(entry, "section") == "Answer" || entry.contains("negative")) != are_answers) continue;
    std::string line{entry.at("name").as_string()};
    for (const auto* key : {"type", "data", "negative"}) {
      if (entry.contains(key)) line += fmt::format(" {}", std::string_view{entry.at(key).as_string()});
    }
    lines.push_back(line);
  }
  return lines;
}

std::size_t RunningDns::resident_bytes() const {
  std::ifstream status{fmt::format("/proc/{}/status", child_->pid())};
  for (std::string line; std::getline(status, line);) {
    if (!line.starts_with("VmRSS:")) continue;
    const auto first = line.find_first_of("0123456789");
    return parse_integer<std::size_t>(line.substr(first, line.find(' ', first) - first)).value() << 10;
  }
  throw std::runtime_error{"the process has no status"};
}

void RunningDns::wait_for_log(const std::string& text) {
  for (;;) {
    const auto line = child_->line();
    if (line && line->find(text) != line->npos) return;
    if (line) continue;
    ADD_FAILURE() << "the log does not say: " << text;
    return;
  }
}

int RunningDns::terminate() {
  child_->signal(SIGTERM);
  return child_->wait().exit_code;
}

PlainSocket PlainSocket::bound(int type, std::uint16_t port) {
  FileDescriptor socket{::socket(AF_INET, type | SOCK_CLOEXEC, 0)};
  const auto address = on_loopback(port);
  if (bind(socket.get(), plain(address), sizeof address) < 0) throw std::runtime_error{std::strerror(errno)};
  if (type == SOCK_STREAM && listen(socket.get(), 8) < 0) throw std::runtime_error{std::strerror(errno)};
  return PlainSocket{std::move(socket)};
}

PlainSocket PlainSocket::connected(int type, std::uint16_t port, std::uint8_t from) {
  FileDescriptor socket{::socket(AF_INET, type | SOCK_CLOEXEC, 0)};
  auto own = on_loopback(0);
  own.sin_addr.s_addr = htonl(INADDR_LOOPBACK - 1 + from);
  const int yes = 1;  // the port is chosen when it connects, and may be one that leads elsewhere already
  setsockopt(socket.get(), IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &yes, sizeof yes);
  if (bind(socket.get(), plain(own), sizeof own) < 0) throw std::runtime_error{std::strerror(errno)};
  const auto address = on_loopback(port);
  if (connect(socket.get(), plain(address), sizeof address) < 0) throw std::runtime_error{std::strerror(errno)};
  return PlainSocket{std::move(socket)};
}

std::uint16_t PlainSocket::port() const {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  getsockname(socket_.get(), reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.sin_port);
}

void PlainSocket::send(Bytes bytes) const {
  EXPECT_EQ(::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL), static_cast<ssize_t>(bytes.size()));
}

void PlainSocket::send_what_is_taken(Bytes bytes) const {
  [[maybe_unused]] const auto taken = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
}

void PlainSocket::send_to(Bytes bytes, const sockaddr_in& to) const {
  EXPECT_EQ(sendto(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL, plain(to), sizeof to),
            static_cast<ssize_t>(bytes.size()));
}

Buffer PlainSocket::receive(sockaddr_in* from) const {
  Buffer data(dns::message_bytes_max);
  socklen_t size = sizeof *from;
  const auto count = !is_ready(socket_.get())
                         ? ssize_t{0}
                         : recvfrom(socket_.get(), data.data(), data.size(), 0, reinterpret_cast<sockaddr*>(from),
                                    from == nullptr ? nullptr : &size);
  data.resize(static_cast<std::size_t>(std::max(count, ssize_t{0})));
  return data;
}

bool PlainSocket::has_arrived() const {
  pollfd event{socket_.get(), POLLIN, 0};
  return poll(&event, 1, 0) == 1;
}

PlainSocket PlainSocket::accept() const {
  if (!is_ready(socket_.get())) throw std::runtime_error{"nobody connects"};
  return PlainSocket{FileDescriptor{accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC)}};
}

Buffer PlainSocket::receive_exactly(std::size_t count) const {
  Buffer data(count);
  for (std::size_t done = 0; done < count;) {
    const auto more = is_ready(socket_.get()) ? recv(socket_.get(), &data[done], count - done, 0) : -1;
    if (more <= 0) return {};
    done += static_cast<std::size_t>(more);
  }
  return data;
}

Buffer PlainSocket::receive_message() const {
  const auto length = receive_exactly(2);
  if (length.empty()) return {};
  return receive_exactly(std::to_integer<std::size_t>(length[0]) << 8 | std::to_integer<std::size_t>(length[1]));
}

void PlainSocket::send_message(Bytes message) const {
  send(framed(message));
}

void PlainSocket::end_sending() const {
  shutdown(socket_.get(), SHUT_WR);
}

void PlainSocket::wait_until_broken() const {
  pollfd event{socket_.get(), 0, 0};  // POLLHUP and POLLERR come without being asked for
  EXPECT_EQ(poll(&event, 1, static_cast<int>(std::chrono::milliseconds{test::patience}.count())), 1);
}

bool PlainSocket::is_at_end() const {
  std::byte octet{};
  return is_ready(socket_.get()) && recv(socket_.get(), &octet, 1, 0) <= 0;
}

Upstream::Upstream() : udp_{FileDescriptor{}}, tcp_{FileDescriptor{}} {
  for (int i = 0; i < 100; ++i) {
    udp_ = PlainSocket::bound(SOCK_DGRAM);
    try {
      tcp_ = PlainSocket::bound(SOCK_STREAM, udp_.port());
      return;
    } catch (const std::runtime_error&) {  // somebody has that port: another one
    }
  }
  throw std::runtime_error{"no port is free for UDP and TCP"};
}

std::string Upstream::address() const {
  return fmt::format("127.0.0.1:{}", port());
}

Received Upstream::next() const {
  Received received;
  const auto wire = udp_.receive(&received.from);
  const auto parsed = dns::parse_message(wire);
  if (!parsed || !parsed->message.question) throw std::runtime_error{"the upstream server got no query"};
  received.message = parsed->message;
  return received;
}

void Upstream::reply(const Received& query, const dns::Message& message) const {
  udp_.send_to(to_wire(message), query.from);
}

dns::Message answer_to(const Received& query, const std::vector<std::string>& answers, dns::Rcode rcode) {
  auto message = reply_to(*query.message.question, query.message.header.id, rcode);
  message.answers = records(answers);
  return message;
}

}  // namespace labnet::dns_server
