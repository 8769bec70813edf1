// The table of commands: a new one is a row here, and its function.
#include <algorithm>
#include <array>

#include "servers/ftp/session.hpp"

namespace labnet::ftp_server {

std::span<const Session::Verb> Session::verbs() {
  using enum Argument;
  using P = Permission;
  static constexpr std::nullopt_t any = std::nullopt;
  static constexpr auto table = std::to_array<Verb>({
      // name  function            argument  before login?  permission        syntax, has a line in the log?
      {"ABOR", &Session::on_abor, none, false, any, "ABOR"},
      {"ACCT", &Session::on_acct, optional, true, any, "ACCT <account>"},
      {"ALLO", &Session::on_allo, required, false, any, "ALLO <bytes> [R <bytes>]"},
      {"APPE", &Session::on_appe, required, false, P::append, "APPE <path>"},
      {"AUTH", &Session::on_auth, required, true, any, "AUTH TLS"},
      {"CCC", nullptr, none, true, any, "CCC"},
      {"CDUP", &Session::on_cdup, none, false, any, "CDUP"},
      {"CLNT", &Session::on_clnt, required, true, any, "CLNT <name of the client>"},
      {"CWD", &Session::on_cwd, optional, false, any, "CWD [<folder>]"},
      {"DELE", &Session::on_dele, required, false, P::remove, "DELE <path>", true},
      {"EPRT", &Session::on_eprt, required, false, any, "EPRT |<1 or 2>|<address>|<port>|"},
      {"EPSV", &Session::on_epsv, optional, false, any, "EPSV [<1 or 2> or ALL]"},
      {"FEAT", &Session::on_feat, none, true, any, "FEAT"},
      {"HELP", &Session::on_help, optional, true, any, "HELP [<command>]"},
      {"HOST", &Session::on_host, required, true, any, "HOST <name>"},
      {"LIST", &Session::on_list, optional, false, P::list, "LIST [<path>]"},
      {"MDTM", &Session::on_mdtm, required, false, P::list, "MDTM <path>"},
      {"MFMT", &Session::on_mfmt, required, false, P::set_time, "MFMT <YYYYMMDDHHMMSS> <path>", true},
      {"MKD", &Session::on_mkd, required, false, P::make_folder, "MKD <folder>", true},
      {"MLSD", &Session::on_mlsd, optional, false, P::list, "MLSD [<folder>]"},
      {"MLST", &Session::on_mlst, optional, false, P::list, "MLST [<path>]"},
      {"MODE", &Session::on_mode, required, false, any, "MODE S"},
      {"NLST", &Session::on_nlst, optional, false, P::list, "NLST [<path>]"},
      {"NOOP", &Session::on_noop, optional, true, any, "NOOP"},
      {"OPTS", &Session::on_opts, required, true, any, "OPTS <command> [<options>]"},
      {"PASS", &Session::on_pass, optional, true, any, "PASS <password>"},
      {"PASV", &Session::on_pasv, none, false, any, "PASV"},
      {"PBSZ", &Session::on_pbsz, required, true, any, "PBSZ 0"},
      {"PORT", &Session::on_port, required, false, any, "PORT <h1,h2,h3,h4,p1,p2>"},
      {"PROT", &Session::on_prot, required, true, any, "PROT <C or P>"},
      {"PWD", &Session::on_pwd, none, false, any, "PWD"},
      {"QUIT", &Session::on_quit, none, true, any, "QUIT"},
      {"REIN", &Session::on_rein, none, true, any, "REIN"},
      {"REST", &Session::on_rest, required, false, any, "REST <bytes>"},
      {"RETR", &Session::on_retr, required, false, P::read, "RETR <path>"},
      {"RMD", &Session::on_rmd, required, false, P::remove, "RMD <folder>", true},
      {"RNFR", &Session::on_rnfr, required, false, P::rename, "RNFR <path>", true},
      {"RNTO", &Session::on_rnto, required, false, P::rename, "RNTO <path>", true},
      {"SITE", &Session::on_site, required, false, any, "SITE <command>", true},
      {"SIZE", &Session::on_size, required, false, P::list, "SIZE <path>"},
      {"SMNT", nullptr, optional, false, any, "SMNT <path>"},
      {"STAT", &Session::on_stat, optional, false, any, "STAT [<path>]"},
      {"STOR", &Session::on_stor, required, false, P::write, "STOR <path>"},
      {"STOU", &Session::on_stou, optional, false, P::write, "STOU [<name>]"},
      {"STRU", &Session::on_stru, required, false, any, "STRU F"},
      {"SYST", &Session::on_syst, none, true, any, "SYST"},
      {"TYPE", &Session::on_type, required, false, any, "TYPE <A or I>"},
      {"USER", &Session::on_user, required, true, any, "USER <name>"},
      // What RFC 775 called them; old clients still do (RFC 1123, section 4.1.3.1).
      {"XCUP", &Session::on_cdup, none, false, any, "XCUP"},
      {"XCWD", &Session::on_cwd, optional, false, any, "XCWD [<folder>]"},
      {"XMKD", &Session::on_mkd, required, false, P::make_folder, "XMKD <folder>", true},
      {"XPWD", &Session::on_pwd, none, false, any, "XPWD"},
      {"XRMD", &Session::on_rmd, required, false, P::remove, "XRMD <folder>", true},
  });
  return table;
}

}  // namespace labnet::ftp_server
