// One client's session: from the greeting to 221 (RFC 959). Commands are rows of the table in verbs.cpp, and the
// functions behind them stand in the file of their group.
//
// One task reads commands and answers them. A transfer has a task of its own: meanwhile ABOR and STAT are answered at
// once, and all other commands wait in order until it has ended, which wakes the task that reads.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <boost/asio/steady_timer.hpp>

#include "common/files/upload.hpp"
#include "common/ftp/command.hpp"
#include "common/ftp/data_address.hpp"
#include "common/ftp/facts.hpp"
#include "common/ftp/parameters.hpp"
#include "common/ftp/reply.hpp"
#include "servers/ftp/service.hpp"
#include "servers/ftp/text.hpp"
#include "servers/ftp/transport.hpp"

namespace labnet::ftp_server {

class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(net::Worker& worker, std::shared_ptr<const Service> service, std::unique_ptr<Transport> transport);
  ~Session();

  /// Until the client leaves, or has to.
  Task<void> run();

  /// The reply; nothing if a transfer was begun, whose task replies.
  using Outcome = std::optional<ftp::Reply>;
  enum class Argument { none, optional, required };
  struct Verb {
    std::string_view name;
    Task<Outcome> (Session::*handle)(std::string argument);  // null: known, and not supported (502)
    Argument argument;
    bool before_login;
    std::optional<Permission> permission;
    std::string_view syntax;     // shown by HELP, and by 501
    bool changes_files = false;  // and moves no data: it has a line in the log of its own
  };
  /// In the order of HELP.
  static std::span<const Verb> verbs();

 private:
  struct Transfer;
  using Timer = net::asio::basic_waitable_timer<net::Clock, net::asio::wait_traits<net::Clock>, net::Executor>;

  // session.cpp: the loop
  void on_stop();
  static Task<void> end_transfer_at_stop(std::shared_ptr<Session> self, std::shared_ptr<Transfer> transfer);
  Task<void> read_commands();
  Task<void> answer_waiting();
  bool has_said_quit() const;
  Task<void> wait_for_transfer_end();
  Task<void> hold_back(std::optional<std::string> line);
  Task<Outcome> answer(std::optional<std::string> line);
  Task<Outcome> answer(const ftp::Command& command);
  Outcome objection(const Verb& verb, const ftp::Command& command) const;
  Task<void> send(ftp::Reply reply);
  Timeout patience() const;
  ftp::Reply time_out() const;  // once it has passed
  void end_session() {
    is_ending_ = true;
    transfer_end_.cancel();
  }

  template <class... Values>
  ftp::Reply reply(int code, const Text& text, const Values&... values) const {
    return {code, text.in(language(), values...)};
  }
  Language language() const { return service_->config.language; }
  const LimitsConfig& limits() const { return service_->config.limits; }
  const files::Jail& jail() const { return service_->jail; }
  bool may(Permission one) const { return user_ && user_->permissions.has(one); }
  std::string client() const;  // its address, for the log

  /// An absolute path of what a client wrote.
  Result<std::string, ftp::Reply> path_of(std::string_view argument) const;
  /// What is told of an error of the file system.
  ftp::Reply file_fault(const boost::system::error_code& error, std::string_view path) const;
  ftp::Entry entry_of(std::string name, const files::FileStatus& status) const;

  // login.cpp
  Task<Outcome> on_user(std::string name);
  Task<Outcome> on_pass(std::string password);
  Task<Outcome> on_acct(std::string);
  Task<Outcome> on_rein(std::string);
  Task<Outcome> on_quit(std::string);
  Task<bool> is_password_of(const std::optional<User>& user, const std::string& password);
  Task<ftp::Reply> refuse_login();
  void begin_anew();

  // folders.cpp
  Task<Outcome> on_pwd(std::string);
  Task<Outcome> on_cwd(std::string argument);
  Task<Outcome> on_cdup(std::string);
  Task<Outcome> on_mkd(std::string argument);
  Task<Outcome> on_rmd(std::string argument);
  Task<Outcome> on_dele(std::string argument);
  Task<Outcome> on_rnfr(std::string argument);
  Task<Outcome> on_rnto(std::string argument);
  Task<Outcome> on_size(std::string argument);
  Task<Outcome> on_mdtm(std::string argument);
  Task<Outcome> on_mfmt(std::string argument);
  Task<Outcome> on_mlst(std::string argument);
  Task<Outcome> on_site(std::string argument);
  Outcome change_mode(std::string_view argument);

  // parameters.cpp
  Task<Outcome> on_type(std::string argument);
  Task<Outcome> on_mode(std::string argument);
  Task<Outcome> on_stru(std::string argument);
  Task<Outcome> on_rest(std::string argument);
  Task<Outcome> on_allo(std::string argument);
  Task<Outcome> on_pasv(std::string);
  Task<Outcome> on_epsv(std::string argument);
  Task<Outcome> on_port(std::string argument);
  Task<Outcome> on_eprt(std::string argument);
  void offer_session();
  Outcome listen_for_data();
  Outcome take_active(const ftp::DataAddress& address, std::string_view verb);

  // security.cpp
  Task<Outcome> on_auth(std::string mechanism);
  Task<Outcome> on_pbsz(std::string argument);
  Task<Outcome> on_prot(std::string argument);

  // information.cpp
  Task<Outcome> on_syst(std::string);
  Task<Outcome> on_feat(std::string);
  Task<Outcome> on_opts(std::string argument);
  Task<Outcome> on_help(std::string argument);
  Task<Outcome> on_noop(std::string);
  Task<Outcome> on_clnt(std::string);
  Task<Outcome> on_host(std::string name);
  Task<Outcome> on_stat(std::string argument);
  ftp::Reply status_of(const std::string& path, const files::FileStatus& found) const;
  ftp::Reply status() const;
  ftp::Reply status_of_transfer() const;

  // transfers.cpp
  Task<Outcome> on_list(std::string argument);
  Task<Outcome> on_nlst(std::string argument);
  Task<Outcome> on_mlsd(std::string argument);
  Task<Outcome> on_retr(std::string argument);
  Task<Outcome> on_stor(std::string argument);
  Task<Outcome> on_appe(std::string argument);
  Task<Outcome> on_stou(std::string argument);
  Task<Outcome> on_abor(std::string);

  using Job = Task<ftp::Reply> (Session::*)(Transfer& transfer);
  Outcome begin_transfer(std::string_view verb, std::string path, Job job);
  Outcome begin_transfer_of(std::string_view verb, std::string_view argument, Job job);
  static Task<void> run_transfer(std::shared_ptr<Session> self, std::shared_ptr<Transfer> transfer, Job job);
  void count(const Transfer& transfer, const ftp::Reply& last);
  std::optional<LoggedTransfer> note_end(const Transfer& transfer, const ftp::Reply& last) const;
  Task<ftp::Reply> send_file(Transfer& transfer);
  Task<ftp::Reply> receive_file(Transfer& transfer);
  Task<files::FileResult<files::Upload>> begin_upload(Transfer& transfer, const files::Upload::Options& options);
  Task<files::FileResult<files::Upload>> begin_unique_upload(Transfer& transfer, const files::Upload::Options& options);
  std::optional<ftp::Reply> objection_to_offset(const Transfer& transfer) const;
  Task<files::FileResult<void>> prepare_upload(const Transfer& transfer, files::Upload& upload);
  Task<files::FileResult<void>> publish(files::Upload& upload);
  Task<ftp::Reply> send_listing(Transfer& transfer);
  Task<std::optional<ftp::Reply>> open_channel(Transfer& transfer, ftp::Reply opening);
  Task<std::optional<ftp::Reply>> secure_channel(Transfer& transfer);
  Task<Result<void, FileTransferFault>> send_as_ascii(Transfer& transfer, int file, std::uint64_t offset);
  Task<Result<void, FileTransferFault>> receive_as_ascii(Transfer& transfer, int file, std::uint64_t bytes_max);
  ftp::Reply fault_behind_150(const boost::system::error_code& error, std::string_view path) const;
  ftp::Reply transfer_fault(const Transfer& transfer, const FileTransferFault& fault) const;
  void close_data();

  // data_connection.cpp: the doctor
  bool is_welcome(const net::Endpoint& peer);
  Task<Result<std::unique_ptr<DataChannel>, std::string>> accept_channel(Transfer& transfer);
  Task<Result<std::unique_ptr<DataChannel>, std::string>> connect_channel(Transfer& transfer);

  net::Worker& worker_;
  std::shared_ptr<const Service> service_;
  Counts& counts_;  // the worker's
  std::unique_ptr<Transport> transport_;

  std::deque<std::optional<std::string>> waiting_;  // commands; nothing: a line that was too long to be one
  std::string going_out_;                           // replies that wait for the one that is being written
  bool is_writing_ = false;
  bool is_ending_ = false;
  net::Clock::time_point last_heard_ = net::Clock::now();
  net::Clock::time_point login_until_;

  std::string login_name_;    // of USER
  std::optional<User> user_;  // once logged in
  int login_tries_ = 0;
  std::string folder_ = "/";
  std::string rename_from_;
  std::uint64_t restart_at_ = 0;
  ftp::Representation representation_ = ftp::Representation::ascii;
  ftp::FactSet facts_ = ftp::FactSet::all();
  bool begins_protected_ = false;  // AUTH SSL: data is protected without PBSZ and PROT
  bool has_pbsz_ = false;
  bool protects_data_ = false;
  bool only_epsv_ = false;

  std::unique_ptr<PassiveSocket> passive_;
  std::string passive_address_;  // as the client was told, for the doctor
  std::string stranger_;         // who came to that port and was turned away
  std::unique_ptr<ActiveSocket> active_;
  std::shared_ptr<Transfer> transfer_;  // under way
  Timer transfer_end_;
  net::Worker::Registration on_stop_;
};

/// What is done at the moment for a client.
struct Session::Transfer {
  enum class Kind { download, upload, listing };
  Kind kind = Kind::listing;
  std::string verb, path;
  std::uint64_t offset = 0;  // REST
  ftp::Representation representation = ftp::Representation::image;
  std::unique_ptr<PassiveSocket> passive;
  std::string passive_address;
  std::unique_ptr<ActiveSocket> active;
  std::unique_ptr<DataChannel> channel;
  Progress moved{0};
  bool is_aborted = false;
  int aborts = 0;  // that wait for their replies, behind its own
  net::Clock::time_point began = net::Clock::now();
  std::optional<Timer> at_stop{};  // once the service ends: how long this may go on
};

}  // namespace labnet::ftp_server
