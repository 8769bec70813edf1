// The program table: the only file that names every program.
#include <array>

#include "clients/capture/program.hpp"
#include "clients/dns/program.hpp"
#include "clients/ftp/program.hpp"
#include "clients/http/program.hpp"
#include "clients/lab/programs.hpp"
#include "clients/ping/program.hpp"
#include "clients/rtmp/program.hpp"
#include "clients/scenario/programs.hpp"
#include "clients/sip/program.hpp"
#include "common/program/program.hpp"
#include "servers/dns/program.hpp"
#include "servers/ftp/program.hpp"
#include "servers/http/program.hpp"
#include "servers/lab/programs.hpp"
#include "servers/rtmp/program.hpp"
#include "servers/sip/program.hpp"

namespace {

namespace lab = labnet::lab;
namespace lab_client = labnet::lab_client;
namespace scenario = labnet::scenario;
using labnet::program::Link;
using labnet::program::Program;

const auto programs = std::to_array<const Program*>({
    // the lab
    &lab::up_program,
    &lab_client::down_program,
    &lab_client::status_program,
    &lab_client::inspect_program,
    &scenario::run_program,
    &lab_client::exec_program,
    &lab_client::shell_program,
    &lab_client::logs_program,
    &lab_client::events_program,
    &labnet::capture::capture_program,
    &lab_client::cache_show_program,
    &lab_client::cache_flush_program,
    &lab_client::neighbours_flush_program,
    &lab::lint_program,
    &lab::doctor_program,
    &lab::ca_program,
    // servers
    &labnet::dns_server::serve_dns_program,
    &labnet::dns_server::dns_eval_program,
    &labnet::ftp_server::serve_ftp_program,
    &labnet::ftp_server::ftp_passwd_program,
    &labnet::http_server::serve_http_program,
    &labnet::sip_server::serve_sip_program,
    &labnet::rtmp_server::serve_rtmp_program,
    // clients
    &labnet::ping::ping_program,
    &labnet::dns_client::dns_program,
    &labnet::ftp_client::ftp_ls_program,
    &labnet::ftp_client::ftp_get_program,
    &labnet::ftp_client::ftp_cat_program,
    &labnet::ftp_client::ftp_put_program,
    &labnet::ftp_client::ftp_mkdir_program,
    &labnet::ftp_client::ftp_rmdir_program,
    &labnet::ftp_client::ftp_rm_program,
    &labnet::ftp_client::ftp_mv_program,
    &labnet::ftp_client::ftp_quote_program,
    &labnet::http_client::http_get_program,
    &labnet::http_client::http_head_program,
    &labnet::http_client::http_post_program,
    &labnet::http_client::http_put_program,
    &labnet::http_client::http_browse_program,
    &labnet::sip_client::sip_register_program,
    &labnet::sip_client::sip_unregister_program,
    &labnet::sip_client::sip_call_program,
    &labnet::sip_client::sip_answer_program,
    &labnet::sip_client::sip_message_program,
    &labnet::rtmp_client::rtmp_publish_program,
    &labnet::rtmp_client::rtmp_play_program,
    &labnet::rtmp_client::rtmp_probe_program,
});

/// Customary names, made as links to this binary.
constexpr std::array links{
    Link{"dns-server", "serve dns"}, Link{"dns-client", "dns"},         Link{"ftp-server", "serve ftp"},
    Link{"ftp-client", "ftp"},       Link{"http-server", "serve http"}, Link{"sip-server", "serve sip"},
    Link{"http-client", "http"},     Link{"sip-client", "sip"},         Link{"rtmp-server", "serve rtmp"},
    Link{"rtmp-client", "rtmp"},
};

}  // namespace

int main(int argc, char** argv) {
  return labnet::program::run(programs, links, argc, argv);
}
