#include "tests/servers/ftp/running_ftp.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "common/base/text.hpp"

namespace labnet::ftp_server {
namespace {

constexpr int patience_ms = static_cast<int>(std::chrono::milliseconds{test::patience}.count());

sockaddr_in on_loopback(std::uint16_t port, std::uint8_t last_octet = 1) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK - 1 + last_octet);
  return address;
}

std::uint16_t port_of(int socket) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.sin_port);
}

std::uint16_t port_behind(const std::string& line, const std::string& front) {
  const auto at = line.find(front);
  if (at == line.npos) return 0;
  const auto start = at + front.size();
  return parse_integer<std::uint16_t>(line.substr(start, line.find(' ', start) - start)).value_or(0);
}

bool is_ready(int socket) {
  pollfd event{socket, POLLIN, 0};
  return poll(&event, 1, patience_ms) == 1;
}

}  // namespace

RunningFtp::RunningFtp(const std::vector<std::string>& options, test::How how)
    : root_{folder_.path() + "/root"}, options_{"--root", root_, "--user", "ann:secret"}, how_{std::move(how)} {
  std::filesystem::permissions(folder_.path(), std::filesystem::perms{0755});  // for a server of another user
  std::filesystem::create_directory(root_);
  options_.insert(options_.end(), options.begin(), options.end());
  start();
}

std::unique_ptr<RunningFtp> RunningFtp::with_config(const std::string& yaml, test::How how) {
  static int number = 0;
  const test::TemporaryFolder folder;
  const auto file = folder.write(fmt::format("ftp-{}.yaml", ++number), "root: .\n" + yaml);
  return std::unique_ptr<RunningFtp>{new RunningFtp{{"-c", file}, std::move(how)}};
}

std::unique_ptr<RunningFtp> RunningFtp::as_ordinary_user() {
  constexpr uid_t nobody = 65534;
  test::How how;
  if (::geteuid() == 0) {
    how.prepare = [] {
      if (::setgid(nobody) != 0 || ::setuid(nobody) != 0) ::_exit(1);
    };
  }
  return std::unique_ptr<RunningFtp>{new RunningFtp{{}, std::move(how)}};
}

void RunningFtp::start() {
  // The log goes where the ready line goes, so that tests can wait for its lines.
  std::vector<std::string> command{
      "sh",        "-c", "exec \"$0\" \"$@\" 2>&1", test::labnet(), "serve", "ftp", "--listen", "127.0.0.1:0",
      "--workers", "1"};
  command.insert(command.end(), options_.begin(), options_.end());
  child_ = std::make_unique<test::Child>(command, how_);
  const auto is_of_log = [](const std::string& text) {
    return text.find(" info ") != text.npos || text.find(" warning ") != text.npos;
  };
  auto line = child_->line();
  for (early_log_.clear(); line && is_of_log(*line); line = child_->line()) early_log_.push_back(*line);
  if (!line || !line->starts_with("ready ftp ")) throw std::runtime_error{line.value_or("it is not ready")};
  port_ = port_behind(*line, "ftp://127.0.0.1:");
  tls_port_ = port_behind(*line, "ftps://127.0.0.1:");
}

std::string RunningFtp::write(const std::string& name, const std::string& text) const {
  const auto path = root_ + "/" + name;
  std::filesystem::create_directories(std::filesystem::path{path}.parent_path());
  std::ofstream{path, std::ios::binary} << text;
  return path;
}

std::string RunningFtp::read(const std::string& name) const {
  return test::read_file(root_ + "/" + name);
}

bool RunningFtp::has(const std::string& name) const {
  return std::filesystem::exists(std::filesystem::symlink_status(root_ + "/" + name));
}

std::string RunningFtp::url(const std::string& path) const {
  return fmt::format("ftp://ann:secret@127.0.0.1:{}/{}", port_, path);
}

std::size_t RunningFtp::descriptors() const {
  const std::filesystem::directory_iterator all{fmt::format("/proc/{}/fd", pid())};
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

std::size_t RunningFtp::resident_bytes() const {
  std::ifstream status{fmt::format("/proc/{}/status", pid())};
  for (std::string line; std::getline(status, line);) {
    if (!line.starts_with("VmRSS:")) continue;
    const auto first = line.find_first_of("0123456789");
    return parse_integer<std::size_t>(line.substr(first, line.find(' ', first) - first)).value() << 10;
  }
  throw std::runtime_error{"the process has no status"};
}

std::string RunningFtp::wait_for_log(const std::string& text) {
  for (const auto& line : early_log_) {
    if (line.find(text) != line.npos) return line;
  }
  for (;;) {
    const auto line = child_->line();
    if (line && line->find(text) != line->npos) return *line;
    if (line) continue;
    ADD_FAILURE() << "the log does not say: " << text;
    return {};
  }
}

int RunningFtp::terminate() {
  child_->signal(SIGTERM);
  return child_->wait().exit_code;
}

void RunningFtp::kill_and_restart() {
  child_->signal(SIGKILL);
  child_->wait();
  start();
}

Certificate make_certificate(const test::TemporaryFolder& folder) {
  Certificate made{folder.path() + "/certificate.pem", folder.path() + "/key.pem"};
  const auto outcome = test::run({"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                                  "-nodes", "-days", "2", "-subj", "/CN=labnet", "-addext",
                                  "subjectAltName=IP:127.0.0.1", "-out", made.certificate, "-keyout", made.key});
  if (outcome.exit_code != 0) throw std::runtime_error{outcome.errors};
  return made;
}

TcpClient::TcpClient(std::uint16_t port, std::uint8_t from)
    : socket_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
  const int yes = 1;  // the port is chosen when it connects, and may be one that leads elsewhere already
  setsockopt(socket_.get(), IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &yes, sizeof yes);
  setsockopt(socket_.get(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  const auto own = on_loopback(0, from);
  const auto address = on_loopback(port);
  if (bind(socket_.get(), reinterpret_cast<const sockaddr*>(&own), sizeof own) < 0 ||
      connect(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) < 0) {
    throw std::runtime_error{std::strerror(errno)};
  }
}

void TcpClient::send(std::string_view bytes) const {
  EXPECT_TRUE(try_send(bytes));
}

bool TcpClient::try_send(std::string_view bytes) const {
  while (!bytes.empty()) {
    const auto count = tls_ ? SSL_write(tls_.get(), bytes.data(), static_cast<int>(bytes.size()))
                            : ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

void TcpClient::send_urgent(std::string_view bytes) const {
  EXPECT_EQ(::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_OOB),
            static_cast<ssize_t>(bytes.size()));
}

std::string TcpClient::receive() const {
  std::string text(64 * 1024, '\0');
  ssize_t count = 0;
  if (tls_) {
    count = SSL_read(tls_.get(), text.data(), static_cast<int>(text.size()));
  } else if (is_ready(socket_.get())) {
    count = ::recv(socket_.get(), text.data(), text.size(), 0);
  }
  text.resize(static_cast<std::size_t>(std::max<ssize_t>(0, count)));
  return text;
}

std::string TcpClient::receive_all() const {
  std::string all;
  for (auto more = receive(); !more.empty(); more = receive()) all += more;
  return all;
}

bool TcpClient::has_received() const {
  pollfd event{socket_.get(), POLLIN, 0};
  return poll(&event, 1, 0) == 1;
}

bool TcpClient::begin_tls(const TcpClient* first) {
  std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes without MSG_NOSIGNAL
  const std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context{SSL_CTX_new(TLS_client_method()), SSL_CTX_free};
  tls_ = {SSL_new(context.get()), SSL_free};
  SSL_set_fd(tls_.get(), socket_.get());
  if (first != nullptr) {
    const std::unique_ptr<SSL_SESSION, void (*)(SSL_SESSION*)> session{SSL_get1_session(first->tls_.get()),
                                                                       SSL_SESSION_free};
    SSL_set_session(tls_.get(), session.get());
  }
  const timeval limit{test::patience.count(), 0};
  setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  return SSL_connect(tls_.get()) == 1;
}

bool TcpClient::has_resumed() const {
  return SSL_session_reused(tls_.get()) == 1;
}

std::string TcpClient::ticket() const {
  const unsigned char* bytes = nullptr;
  std::size_t size = 0;
  SSL_SESSION_get0_ticket(SSL_get_session(tls_.get()), &bytes, &size);
  return {reinterpret_cast<const char*>(bytes), size};
}

void TcpClient::end_tls() const {
  SSL_shutdown(tls_.get());
  end_sending();
}

void TcpClient::send_with_close_notify(std::string_view bytes) const {
  const auto hold_back = [&](int is_on) { setsockopt(socket_.get(), IPPROTO_TCP, TCP_CORK, &is_on, sizeof is_on); };
  hold_back(1);
  send(bytes);
  SSL_shutdown(tls_.get());
  hold_back(0);
}

bool TcpClient::is_at_end() const {
  char octet{};
  if (tls_) return SSL_read(tls_.get(), &octet, 1) <= 0;
  return is_ready(socket_.get()) && ::recv(socket_.get(), &octet, 1, 0) <= 0;
}

void TcpClient::end_sending() const {
  shutdown(socket_.get(), SHUT_WR);
}

void TcpClient::reset() {
  const linger at_once{1, 0};
  setsockopt(socket_.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  socket_.reset();
}

std::uint16_t TcpClient::local_port() const {
  return port_of(socket_.get());
}

TcpListener::TcpListener(int backlog) : socket_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
  const auto address = on_loopback(0);
  if (bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) < 0 ||
      listen(socket_.get(), backlog) < 0) {
    throw std::runtime_error{std::strerror(errno)};
  }
}

TcpListener TcpListener::that_is_silent() {
  TcpListener silent{0};
  silent.waiting_.emplace_back(silent.port());  // it has room for one
  return silent;
}

TcpListener TcpListener::for_both_families() {
  FileDescriptor socket{::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  const int no = 0;
  setsockopt(socket.get(), IPPROTO_IPV6, IPV6_V6ONLY, &no, sizeof no);
  sockaddr_in6 any{};
  any.sin6_family = AF_INET6;
  if (bind(socket.get(), reinterpret_cast<const sockaddr*>(&any), sizeof any) < 0 || listen(socket.get(), 8) < 0) {
    throw std::runtime_error{std::strerror(errno)};
  }
  return TcpListener{std::move(socket)};
}

void TcpListener::copy_to(int descriptor) const {
  ::dup2(socket_.get(), descriptor);
}

std::uint16_t TcpListener::port() const {
  return port_of(socket_.get());
}

TcpClient TcpListener::accept() const {
  if (!is_ready(socket_.get())) throw std::runtime_error{"nobody connects"};
  return TcpClient{FileDescriptor{accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC)}};
}

FtpClient::FtpClient(std::uint16_t port, std::uint8_t from) : FtpClient{TcpClient{port, from}} {}

FtpClient::FtpClient(TcpClient control) : control_{std::move(control)}, greeting_{reply()} {}

std::string FtpClient::ask(const std::string& line) {
  send(line + "\r\n");
  return reply();
}

std::string FtpClient::reply() {
  std::string whole;
  for (;;) {
    const auto end = unread_.find("\r\n");
    if (end == unread_.npos) {
      const auto more = control_.receive();
      if (more.empty()) return whole.empty() ? "(the connection has ended)" : whole;
      unread_ += more;
      continue;
    }
    const auto line = unread_.substr(0, end);
    unread_.erase(0, end + 2);
    whole += (whole.empty() ? "" : "\n") + line;
    const auto is_last =
        line.size() >= 4 && is_digit(line[0]) && is_digit(line[1]) && is_digit(line[2]) && line[3] == ' ';
    if (is_last) return whole;
  }
}

void FtpClient::log_in(const std::string& user, const std::string& password) {
  EXPECT_EQ(ask("USER " + user).substr(0, 3), "331");
  EXPECT_EQ(ask("PASS " + password).substr(0, 3), "230");
}

void FtpClient::secure() {
  EXPECT_EQ(ask("AUTH TLS").substr(0, 3), "234");
  EXPECT_TRUE(control_.begin_tls());
}

void FtpClient::protect_data() {
  EXPECT_EQ(ask("PBSZ 0").substr(0, 3), "200");
  EXPECT_EQ(ask("PROT P").substr(0, 3), "200");
}

std::uint16_t FtpClient::passive_port() {
  const auto told = ask("PASV");
  unsigned high = 0, low = 0;
  const auto at = told.find('(');
  if (at == told.npos || std::sscanf(told.c_str() + at, "(127,0,0,1,%u,%u)", &high, &low) != 2) {
    throw std::runtime_error{"expected a reply 227, found " + told};
  }
  return static_cast<std::uint16_t>(high * 256 + low);
}

std::string FtpClient::get(const std::string& command) {
  const auto data = open_passive();
  EXPECT_EQ(ask(command).substr(0, 3), "150") << command;
  auto all = data.receive_all();
  EXPECT_EQ(reply().substr(0, 3), "226") << command;
  return all;
}

std::string FtpClient::put(const std::string& command, std::string_view bytes) {
  auto data = open_passive();
  const auto opening = ask(command);
  if (!opening.starts_with("150")) return opening;
  data.send(bytes);
  data.close();
  return reply();
}

}  // namespace labnet::ftp_server
