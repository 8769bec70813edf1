// Plays a plan with a server: logs on, does the work, says goodbye.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "clients/ftp/listing.hpp"
#include "clients/ftp/plan.hpp"

namespace labnet::ftp_client {

/// Where, and as whom.
struct Access {
  std::vector<net::Endpoint> servers;  // the first that can be reached
  std::string user, password;
  Security security = Security::plain;
};

class Client {
 public:
  using Work = std::function<Task<Result<void>>(Client&)>;
  struct Job {
    std::string path;        // of the URL
    bool is_folder = false;  // that path names the folder to be in, and nothing in it
    ftp::Representation representation = ftp::Representation::image;
    Work work;
  };

  Client(Session& session, Access access, Observer& observer);

  /// faults  the first thing that went wrong. The server is told goodbye nevertheless, if it still listens.
  Task<Result<void>> play(std::span<const Step> steps, Job job);

  // For what is done where the plan says `work`:
  Session& session() { return session_; }
  const Features& features() const { return features_; }
  ftp::Representation representation() const { return job_.representation; }
  /// The path as the server is to be told; empty for the folder that was entered.
  std::string path() const;
  /// Another name in the folder of the path; one with a slash in it is a path of its own.
  std::string beside(const std::string& name) const;
  /// How long the file is, if the plan has found it out.
  std::optional<std::uint64_t> bytes() const { return bytes_; }
  /// When the file was modified, as the server says: of a listing with facts (MLSD) if the plan has one, or by MDTM.
  Task<Result<std::optional<ftp::FileTime>>> modified();
  void notice(std::string_view sentence) { observer_.on_notice(sentence); }
  /// By MLSD if the server has it, else LIST. The path may be empty: the folder where the session is.
  Task<Result<std::vector<ftp::Entry>>> list(std::string path);
  /// By NLST.
  Task<Result<std::vector<ftp::Entry>>> list_names(std::string path);

 private:
  using Outcome = Task<Result<void>>;
  struct Row {
    Action action;
    Outcome (Client::*play)(const Step& step);
  };
  static std::span<const Row> rows();

  Outcome play_all(std::span<const Step> steps);
  Outcome on_secure(const Step&);
  Outcome on_log_in(const Step&);
  Outcome on_ask(const Step& step);
  Outcome on_learn(const Step&);
  Outcome on_protect(const Step&);
  Outcome on_choose_facts(const Step&);
  Outcome on_find_folder(const Step&);
  Outcome on_enter_folder(const Step&);
  Outcome on_set_type(const Step&);
  Outcome on_ask_size(const Step&);
  Outcome on_list(const Step&);
  Outcome on_list_again(const Step&);
  Outcome on_work(const Step&);
  Outcome on_quit(const Step&);
  struct Listed {
    ftp::Reply reply;  // negative: there is no listing
    std::vector<ftp::Entry> entries;
  };
  Task<Result<Listed>> list_by(ListingKind kind, std::string path);

  Session& session_;
  Access access_;
  Observer& observer_;
  Job job_;
  Features features_;
  std::string login_folder_;  // of PWD; empty if it is not known
  bool has_entered_ = false;  // the folder of the path
  std::optional<std::uint64_t> bytes_;
  std::optional<ftp::FileTime> modified_;
};

}  // namespace labnet::ftp_client
