// One session with an FTP server, command by command: what is sent, what comes back, and the data connections between.
//
//   Session session{worker, options, observer};
//   if (auto greeting = co_await session.begin(servers); !greeting) ...
//   co_await session.log_in("samurt123", "password");
//   const auto reply = co_await session.ask("CWD", "music");
//
// It knows no order of commands: that is a plan's (plan.hpp). Every wait has a deadline. An Error is a sentence; after
// one that ends the session (the connection broke, the server went silent, what came is no reply) `is_open` is false.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "clients/ftp/features.hpp"
#include "clients/ftp/move.hpp"
#include "clients/ftp/observer.hpp"
#include "common/ftp/entry.hpp"
#include "common/ftp/reply.hpp"
#include "common/net/listener.hpp"
#include "common/net/stream.hpp"
#include "common/net/tls.hpp"

namespace labnet::ftp_client {

/// How data connections come about.
enum class DataWay {
  any_passive,       // EPSV; a server that does not know it is asked with PASV
  extended_passive,  // EPSV alone
  passive,           // PASV; over IPv6, for which there is none, EPSV
  active,            // the server connects: PORT, over IPv6 EPRT
};

struct SessionOptions {
  static constexpr Timeout timeout_max = std::chrono::hours{1};

  DataWay data_way = DataWay::any_passive;
  Timeout connect_timeout{30'000};              // until a connection is there, for data too
  Timeout reply_timeout{30'000};                // for each reply, from when it is waited for
  Timeout stall_timeout{30'000};                // of a data connection on which nothing moves
  std::shared_ptr<const net::TlsClient> tls{};  // null: only plain text
  std::string host_name{};                      // that certificates must be for
  Timeout progress_interval{0};                 // 0: progress is not told
};

/// A command that moves data.
struct Transfer {
  std::string verb;            // "RETR"
  std::string argument{};      // may be empty for listings
  std::uint64_t start_at = 0;  // where the file goes on (REST)
  /// How many are to move, if that is known: a connection that breaks off behind them has lost nothing. A download of
  /// fewer or more is a fault.
  std::optional<std::uint64_t> bytes{};
};

struct Transferred {
  ftp::Reply reply;         // the last one
  std::uint64_t bytes = 0;  // as they travelled
};

class Session {
 public:
  /// `observer` outlives it.
  Session(net::Worker& worker, SessionOptions options, Observer& observer);

  /// Connects to the first of the servers that can be reached, and reads its greeting.
  /// is_implicit  TLS from the first byte on (ftps://)
  Task<Result<ftp::Reply>> begin(std::vector<net::Endpoint> servers, bool is_implicit = false);
  net::Worker& worker() const { return worker_; }
  bool is_open() const { return control_.is_open(); }
  bool is_secure() const { return control_.is_secure(); }

  /// The reply that ends the command, positive or not; 421 is a fault, as the server ends the session with it.
  Task<Result<ftp::Reply>> ask(std::string verb, std::string argument = {});
  /// As `ask`; a negative reply is a fault that tells it.
  Task<Result<ftp::Reply>> insist(std::string verb, std::string argument = {});

  /// AUTH TLS, or as old servers call it AUTH SSL, and the handshake. False if the server has neither.
  Task<Result<bool>> secure();
  /// USER and PASS, as far as the server asks for them.
  Task<Result<void>> log_in(std::string user, std::string password);
  /// PBSZ 0 and PROT P: data connections are secure from now on.
  Task<Result<void>> protect_data();
  Task<Result<Features>> features();
  /// TYPE, unless it is so already.
  Task<Result<void>> set_representation(ftp::Representation representation);
  /// PWD; nothing if the server does not say it.
  Task<Result<std::optional<std::string>>> folder();

  /// SIZE; nothing if the server does not know.
  Task<Result<std::optional<std::uint64_t>>> size(std::string path);
  /// MDTM; nothing if the server does not know.
  Task<Result<std::optional<ftp::FileTime>>> modified(std::string path);
  /// MFMT; false if the server does not do it.
  Task<Result<bool>> set_modified(std::string path, ftp::FileTime time);
  Task<Result<void>> rename(std::string from, std::string to);

  /// A data connection, the command, the data and the last reply. A file is whole only if that is positive.
  /// returns  a negative reply if the server has refused before any data moved
  /// faults   also the data connection's, this side's own, and a negative reply at the end
  Task<Result<Transferred>> transfer(Transfer transfer, Move& move);

  /// QUIT, and the end of the connection. Whatever comes of it.
  Task<void> quit();

 private:
  struct DataConnection;
  struct Meter;

  // session.cpp
  Task<Result<void>> send(std::string verb, std::string argument);
  Task<Result<ftp::Reply>> read_reply(Timeout timeout);
  Task<Result<ftp::Reply>> read_final_reply(Timeout timeout);
  Task<Result<void>> shake_hands();
  Error lost(std::string_view why);

  // transfer.cpp
  Task<Result<DataConnection>> agree_on_data();
  Task<Result<DataConnection>> agree_passively();
  Task<Result<DataConnection>> agree_actively();
  Task<Result<std::uint16_t>> ask_for_port();
  Task<Result<ftp::Reply>> begin_data(const Transfer& transfer);
  Task<Result<void>> complete(DataConnection& data);
  /// How long a reply is waited for that does not matter much any more.
  Timeout last_word() const;
  Task<Result<net::Stream>> accept(net::Listener& listener);
  Task<Result<Transferred>> move_data(const Transfer& transfer, Move& move, net::Stream& data,
                                      std::optional<ftp::Reply> last);
  Task<Result<void, MoveFault>> run(const Transfer& transfer, Move& move, net::Stream& data, std::uint64_t& moved);
  static Task<void> tell_progress(std::shared_ptr<Meter> meter, Observer& observer, Timeout interval);

  net::Worker& worker_;
  SessionOptions options_;
  Observer& observer_;
  net::Stream control_;
  bool protects_data_ = false;
  bool knows_no_epsv_ = false;
  std::optional<ftp::Representation> representation_;  // nothing as long as none was set
};

/// "550 1.png: No such file or directory", made harmless for a terminal.
std::string to_text(const ftp::Reply& reply);

}  // namespace labnet::ftp_client
