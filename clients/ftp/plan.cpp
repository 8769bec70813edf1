#include "clients/ftp/plan.hpp"

#include <algorithm>
#include <array>

namespace labnet::ftp_client {
namespace {

template <std::size_t A, std::size_t B>
constexpr auto operator+(const std::array<Step, A>& first, const std::array<Step, B>& then) {
  std::array<Step, A + B> all{};
  std::copy(first.begin(), first.end(), all.begin());
  std::copy(then.begin(), then.end(), all.begin() + A);
  return all;
}

// Data is made secure as soon as may be. FEAT is asked for as some servers take names for UTF-8 only once they are told
// (OPTS UTF8 ON); without MLST there, folders are listed with LIST.
constexpr auto labnet_logs_on = std::to_array<Step>({
    {Action::secure},
    {Action::log_in},
    {Action::protect},
    {Action::learn},
    {Action::ask, "OPTS UTF8 ON", "UTF8"},
});
constexpr auto labnet_get = labnet_logs_on + std::to_array<Step>({
                                                 {Action::set_type},
                                                 {Action::ask_size},
                                                 {Action::work},
                                                 {Action::quit},
                                             });
constexpr auto labnet_put = labnet_logs_on + std::to_array<Step>({{Action::set_type}, {Action::work}, {Action::quit}});
constexpr auto labnet_list =
    labnet_logs_on + std::to_array<Step>({{Action::choose_facts}, {Action::work}, {Action::quit}});
constexpr auto labnet_change = labnet_logs_on + std::to_array<Step>({{Action::work}, {Action::quit}});

// logon.cpp, cwd.cpp, list.cpp and filetransfer.cpp of its engine. A site that is new to it is listed before anything
// is done there, and a folder that it has changed is listed again. PBSZ and PROT stand behind FEAT.
constexpr auto filezilla_logs_on = std::to_array<Step>({
    {Action::secure},
    {Action::log_in},
    {Action::ask, "SYST"},
    {Action::learn},
    {Action::ask, "CLNT FileZilla", "CLNT"},
    {Action::ask, "OPTS UTF8 ON", "UTF8"},
    {Action::protect},
    {Action::choose_facts},
    {Action::find_folder},
    {Action::enter_folder},
    {Action::set_type},
});

constexpr auto filezilla_get =
    filezilla_logs_on + std::to_array<Step>({{Action::list}, {Action::work}, {Action::quit}});
constexpr auto filezilla_put =
    filezilla_logs_on + std::to_array<Step>({{Action::list}, {Action::work}, {Action::list_again}, {Action::quit}});
constexpr auto filezilla_list = filezilla_logs_on + std::to_array<Step>({{Action::work}, {Action::quit}});
constexpr auto filezilla_change =
    filezilla_logs_on + std::to_array<Step>({{Action::list}, {Action::work}, {Action::list_again}, {Action::quit}});

}  // namespace

const Plan labnet_plan{
    .name = "labnet",
    .data_way = DataWay::any_passive,
    .security = Security::plain,
    .get = labnet_get,
    .put = labnet_put,
    .list = labnet_list,
    .change = labnet_change,
};

const Plan filezilla_plan{
    .name = "filezilla",
    .data_way = DataWay::passive,
    .security = Security::if_offered,
    .get = filezilla_get,
    .put = filezilla_put,
    .list = filezilla_list,
    .change = filezilla_change,
};

}  // namespace labnet::ftp_client
