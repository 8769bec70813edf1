// A whole session of the FTP server over connections that are played: any commands, in any order, with data
// connections, ends and failures at any moment. Every command has its one reply, of a code that its verb may have; an
// upload that fails changes nothing; nothing outside the root is touched; and the session ends when the client has
// gone, with nothing left open.
//
// An input is a script. Its first octet is the server's configuration. A line that begins with "!" says what happens
// (the letters are in `happen`); every other line is one that the client sends.
#include <dirent.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <map>

#include "common/files/upload.hpp"
#include "common/ftp/command.hpp"
#include "common/ftp/line.hpp"
#include "common/ftp/reply.hpp"
#include "common/log/log.hpp"
#include "servers/ftp/session.hpp"
#include "tests/servers/ftp/played_transport.hpp"
#include "tests/support/require.hpp"

namespace {

using namespace labnet;
using ftp_server::DataEvent;
using ftp_server::Service;
using ftp_server::Session;
using ftp_server::Stage;
using ftp_server::StreamFault;
using test::require;

constexpr std::size_t script_lines_max = 200;
constexpr int wake_ups_max = 10'000;

/// What a client is served, made anew for each script.
class ServedTree {
 public:
  ServedTree() : folder_{std::filesystem::temp_directory_path() / "labnet-fuzz-XXXXXX"} {
    auto name = folder_.string();
    require(::mkdtemp(name.data()) != nullptr, "a folder can be made");
    folder_ = name;
    write(folder_ / "outside.txt", outside_text);
  }
  ~ServedTree() { std::filesystem::remove_all(folder_); }
  ServedTree(const ServedTree&) = delete;
  ServedTree& operator=(const ServedTree&) = delete;

  std::filesystem::path root() const { return folder_ / "root"; }

  void make() const {
    std::filesystem::create_directories(root());
    for (const auto& entry : std::filesystem::directory_iterator{root()}) std::filesystem::remove_all(entry.path());
    write(root() / "1.png", "image");
    write(root() / "text.txt", "one\ntwo\n");
    write(root() / ".cut.bin.part", "up");
    std::filesystem::create_directory(root() / "sub");
    write(root() / "sub" / "a b.txt", "b");
    std::filesystem::create_symlink("../outside.txt", root() / "out");
    std::filesystem::create_symlink("text.txt", root() / "in");
  }

  /// What stands under a name: content of files, target of links. Uploads that were cut off have none yet.
  std::map<std::string, std::string> names() const {
    std::map<std::string, std::string> found;
    for (const auto& entry : std::filesystem::recursive_directory_iterator{root()}) {
      if (files::is_partial_name(entry.path().filename().string())) continue;
      auto& value = found[entry.path().string()];
      if (entry.is_symlink()) {
        value = "-> " + std::filesystem::read_symlink(entry.path()).string();
      } else if (entry.is_regular_file()) {
        value = read(entry.path());
      }
    }
    return found;
  }

  void require_outside_untouched() const {
    require(read(folder_ / "outside.txt") == outside_text, "what is outside of the root is as it was");
    const auto entries = std::filesystem::directory_iterator{folder_};
    require(std::distance(begin(entries), end(entries)) == 2, "nothing is made outside of the root");
  }

 private:
  static constexpr std::string_view outside_text = "nobody's";

  static void write(const std::filesystem::path& path, std::string_view text) { std::ofstream{path} << text; }
  static std::string read(const std::filesystem::path& path) {
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
  }

  std::filesystem::path folder_;
};

/// The codes with which a command may succeed (RFC 959, section 5.4, and the RFCs of the later commands).
struct Success {
  std::string_view verb;
  std::array<int, 3> codes;
};
constexpr Success successes[] = {
    {"ABOR", {225, 226}}, {"ACCT", {202, 230}}, {"ALLO", {200, 202}},      {"APPE", {226, 250}},
    {"AUTH", {234}},      {"CDUP", {200, 250}}, {"CLNT", {200}},           {"CWD", {250}},
    {"DELE", {250}},      {"EPRT", {200}},      {"EPSV", {200, 229}},      {"FEAT", {211}},
    {"HELP", {211, 214}}, {"LIST", {226, 250}}, {"MDTM", {213}},           {"MFMT", {213}},
    {"MKD", {257}},       {"MLSD", {226, 250}}, {"MLST", {250}},           {"MODE", {200}},
    {"NLST", {226, 250}}, {"NOOP", {200}},      {"OPTS", {200}},           {"PASS", {202, 230}},
    {"PASV", {227}},      {"PBSZ", {200}},      {"PORT", {200}},           {"PROT", {200}},
    {"PWD", {257}},       {"QUIT", {221}},      {"REIN", {220}},           {"REST", {350}},
    {"RETR", {226, 250}}, {"RMD", {250}},       {"RNFR", {350}},           {"RNTO", {250}},
    {"SITE", {200, 214}}, {"SIZE", {213}},      {"STAT", {211, 212, 213}}, {"STOR", {226, 250}},
    {"STOU", {226, 250}}, {"STRU", {200}},      {"SYST", {215}},           {"TYPE", {200}},
    {"USER", {230, 331}}, {"XCUP", {200, 250}}, {"XCWD", {250}},           {"XMKD", {257}},
    {"XPWD", {257}},      {"XRMD", {250}},
};

bool may_succeed_with(std::string_view verb, int code) {
  const auto found = std::ranges::find(successes, verb, &Success::verb);
  return found != std::end(successes) && std::ranges::find(found->codes, code) != found->codes.end();
}

bool is_upload(std::string_view verb) {
  return verb == "STOR" || verb == "APPE" || verb == "STOU";
}

bool moves_data(std::string_view verb) {
  return is_upload(verb) || verb == "RETR" || verb == "LIST" || verb == "NLST" || verb == "MLSD";
}

/// Holds commands and replies against each other.
class Dialogue {
 public:
  explicit Dialogue(const ServedTree& tree) : tree_{tree} {}

  void add_command(std::string_view line) {
    const auto command = ftp::parse_command(ftp::without_telnet(line));
    open_.push_back({command ? command->verb : std::string{}});
    if (open_.size() == 1 && is_upload(open_.front().verb)) before_ = tree_.names();
  }

  void add_replies(std::string_view text) {
    while (!text.empty()) {
      const auto end = text.find("\r\n");
      require(end != text.npos, "a reply ends with CR LF");
      const auto line = ftp::without_telnet(text.substr(0, end));
      require(ftp::is_one_line(line), "a line of a reply is one line");
      text.remove_prefix(end + 2);
      const auto reply = reader_.add_line(line);
      require(reply.has_value(), "a reply can be read");
      if (*reply) add(**reply);
    }
  }

  /// The server has said that it closes the connection.
  bool has_ended() const { return has_ended_; }
  bool is_all_answered() const { return open_.empty() && is_greeted_; }

 private:
  struct Command {
    std::string verb;  // empty: not a command
    bool has_begun = false;
  };

  void add(const ftp::Reply& reply) {
    require(!has_ended_, "nothing comes behind 221 and 421");
    if (!is_greeted_) {
      require(reply.code == 220, "the greeting is 220");
      is_greeted_ = true;
      return;
    }
    if (reply.code == 421) {
      has_ended_ = true;
      return;
    }
    require(!open_.empty(), "a reply is to a command");
    if (reply.is_preliminary()) {
      auto& command = open_.front();
      require(moves_data(command.verb) && !command.has_begun, "150 comes once, for a command that moves data");
      command.has_begun = true;
      return;
    }
    const auto command = whose(reply.code);
    if (reply.is_positive()) {
      require(may_succeed_with(command->verb, reply.code), "a command succeeds with a code that it may have");
    } else if (before_ && open_.size() == 1) {
      require(tree_.names() == *before_, "an upload that fails changes nothing that has a name");
    }
    if (reply.code == 234) open_.resize(1);  // what came before the handshake is discarded
    if (command->verb == "QUIT" && reply.is_positive()) has_ended_ = true;
    if (command == open_.begin()) before_.reset();
    open_.erase(command);
  }

  /// In order, but for the two that are answered while data moves.
  std::deque<Command>::iterator whose(int code) {
    const auto first = open_.begin();
    const auto is_ready = first->has_begun || !moves_data(first->verb);
    if (code >= 400 || (is_ready && may_succeed_with(first->verb, code))) return first;
    const auto is_answered_at_once = [&](const Command& one) {
      return (one.verb == "ABOR" || one.verb == "STAT") && may_succeed_with(one.verb, code);
    };
    const auto found = std::ranges::find_if(open_, is_answered_at_once);
    require(found != open_.end(), "replies come in the order of the commands, and before 226 comes 150");
    return found;
  }

  const ServedTree& tree_;
  ftp::ReplyReader reader_;
  bool is_greeted_ = false;
  bool has_ended_ = false;
  std::deque<Command> open_;  // without their last reply
  /// What had a name when an upload began before which all had been answered.
  std::optional<std::map<std::string, std::string>> before_;
};

std::size_t open_descriptors() {
  const std::unique_ptr<DIR, int (*)(DIR*)> folder{::opendir("/proc/self/fd"), ::closedir};
  std::size_t count = 0;
  while (::readdir(folder.get()) != nullptr) ++count;
  return count;
}

std::shared_ptr<const Service> make_service(const ServedTree& tree, std::uint8_t bits) {
  const auto has = [&](int bit) { return (bits >> bit & 1) != 0; };
  ftp_server::Config config;
  config.root = tree.root();
  config.users = {{.name = "u", .password = "p", .permissions = ftp_server::Permissions::all()},
                  {.name = "r", .password = "p", .home = "/sub"}};
  config.limits.failed_login_delay = std::chrono::milliseconds{0};
  config.limits.idle_timeout = has(0) ? std::chrono::milliseconds{0} : std::chrono::hours{1};
  if (has(1)) config.tls.identity.names = {"ftp.lab"};
  config.tls.required = has(1) && has(2);
  config.tls.session_reuse = has(3) ? ftp_server::SessionReuse::require : ftp_server::SessionReuse::warn;
  config.upload.keeps_partial = !has(4);
  config.upload.may_replace = !has(5);
  if (has(5)) config.upload.bytes_max = 10;
  config.active = !has(6);
  config.anonymous.allowed = has(7);
  if (has(7)) config.language = ftp_server::Language::spanish;
  auto service = Service::make(std::move(config));
  require(service.has_value(), "a service can be made");
  return *std::move(service);
}

class Player {
 public:
  Player(const ServedTree& tree, std::shared_ptr<const Service> service)
      : worker_{0, helpers_}, stage_{std::make_shared<Stage>(worker_.executor())}, dialogue_{tree} {
    stage_->on_line = [this](std::string_view line) { dialogue_.add_command(line); };
    auto session = std::make_shared<Session>(worker_, std::move(service), ftp_server::play_transport(stage_));
    session_ = session;
    worker_.spawn([](std::shared_ptr<Session> one, bool& has_ended) -> net::Task<void> {
      co_await one->run();
      has_ended = true;
    }(std::move(session), has_ended_));
  }

  void play(std::string_view script) {
    go_on();
    for (std::size_t lines = 0; !script.empty() && lines < script_lines_max && !has_ended_; ++lines) {
      const auto end = std::min(script.find('\n'), script.size());
      auto line = script.substr(0, end);
      script.remove_prefix(std::min(end + 1, script.size()));
      if (line.size() > 1 && line.front() == '!') {
        happen(line[1]);
      } else {
        send(line);
      }
      go_on();
    }
    if (!has_ended_ && !stage_->waits_for_more_than_a_command()) {
      require(dialogue_.is_all_answered() || dialogue_.has_ended(), "every command has its reply");
    }
    leave();
  }

 private:
  void send(std::string_view line) {
    // With an argument it is wrong usage, told at once even if data moves: a reply that nobody can tell from that of
    // the transfer.
    const auto command = ftp::parse_command(ftp::without_telnet(line));
    if (command && command->verb == "ABOR") line = "ABOR";
    if (!stage_->reading.is_under_way()) {
      stage_->lines.emplace_back(line);
    } else if (!stage_->is_closed) {
      stage_->reading.end(std::string{line});
    }
  }

  void happen(char event) {
    auto& stage = *stage_;
    switch (event) {
      case 'c':
        stage.connecting.end(ftp_server::played_client());
        break;
      case 'f':
        stage.connecting.end(ftp_server::played_stranger());
        break;
      case 'n':
        stage.connecting.end(StreamFault::deadline);
        break;
      case 'm':
        stage.moving.end(DataEvent::some);
        break;
      case 'e':
        stage.moving.end(DataEvent::all);
        break;
      case 'r':
        stage.moving.end(DataEvent::reset);
        break;
      case 'p':
        stage.moving.end(DataEvent::stall);
        break;
      case 'v':
        stage.moving.end(DataEvent::disk_full);
        break;
      case 's':
        if (!stage.securing.end({})) stage.securing_data.end({});
        break;
      case 'x':
        if (!stage.securing.end(StreamFault::tls_failed)) stage.securing_data.end(StreamFault::tls_failed);
        break;
      case 't':
        stage.reading.end(StreamFault::deadline);
        break;
      case 'l':
        if (stage.reading.is_under_way()) dialogue_.add_command({});
        stage.reading.end(StreamFault::line_too_long);
        break;
      case 'h':
        stage.holds_writes = true;
        break;
      case 'w':
        stage.holds_writes = false;
        stage.writing.end({});
        break;
      case 'k':
        stage.writing.end(StreamFault::reset);
        break;
      case 'q':
        stage.is_closed = true;
        stage.reading.end(StreamFault::closed);
        break;
      default:
        break;
    }
  }

  /// Until everybody waits for the player.
  void go_on() {
    worker_.context().restart();
    int wake_ups = 0;
    while (worker_.context().poll_one() > 0) require(++wake_ups < wake_ups_max, "no session runs in circles");
    dialogue_.add_replies(std::exchange(stage_->written, {}));
  }

  /// The client is gone; what still waits for it ends as such waits end.
  void leave() {
    for (const char event : {'q', 'k', 'x', 'n', 'r'}) {
      happen(event);
      go_on();
    }
    require(has_ended_, "a session ends when its client has gone");
    require(session_.expired(), "nobody keeps a session that has ended");
    require(stage_->channels == 0 && stage_->sockets == 0, "an ended session has no connection left");
  }

  net::Helpers helpers_{0, 0};
  net::Worker worker_;
  std::shared_ptr<Stage> stage_;
  Dialogue dialogue_;
  std::weak_ptr<Session> session_;
  bool has_ended_ = false;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  static const ServedTree tree;
  static std::map<std::uint8_t, std::shared_ptr<const Service>> services;
  tree.make();
  auto& service = services[data[0]];
  if (!service) {
    log::set_level(log::Level::error);
    service = make_service(tree, data[0]);
  }
  const auto descriptors = open_descriptors();
  Player{tree, service}.play(as_text(std::as_bytes(std::span{data, size}.subspan(1))));
  require(open_descriptors() == descriptors, "no descriptor is left open");
  tree.require_outside_untouched();
  return 0;
}
