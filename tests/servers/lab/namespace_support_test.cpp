// Why a machine refuses namespaces: each known case must be told from the others, with the remedy that fits it.
#include "servers/lab/namespace_support.hpp"

#include <gtest/gtest.h>

#include <cerrno>

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>

#include "servers/lab/doctor.hpp"

namespace labnet::lab {
namespace {

struct Case {
  const char* name;
  NamespaceFault fault;
  SystemFacts facts;
  const char* cause;
  const char* remedy;
};

SystemFacts facts(auto change) {
  SystemFacts all;
  all.max_user_namespaces = 96000;
  all.max_network_namespaces = 96000;
  all.program = "/usr/bin/labnet";
  change(all);
  return all;
}

const Case cases[] = {
    {"AppArmorAtTheMap",
     {NamespaceStep::map_user, EPERM, "write"},
     facts([](auto& f) { f.apparmor_restrict_unprivileged_userns = 1; }),
     "AppArmor",
     "kernel.apparmor_restrict_unprivileged_userns=0"},
    {"AppArmorAtSetgroups",
     {NamespaceStep::map_user, EACCES, "write"},
     facts([](auto& f) { f.apparmor_restrict_unprivileged_userns = 1; }),
     "AppArmor",
     "profile labnet /usr/bin/labnet flags=(unconfined)"},
    {"DebianSwitch",
     {NamespaceStep::clone, EPERM, "make namespaces"},
     facts([](auto& f) { f.unprivileged_userns_clone = 0; }),
     "kernel.unprivileged_userns_clone = 0",
     "sysctl -w kernel.unprivileged_userns_clone=1"},
    {"NoUserNamespacesAllowed",
     {NamespaceStep::clone, ENOSPC, "make namespaces"},
     facts([](auto& f) { f.max_user_namespaces = 0; }),
     "user.max_user_namespaces = 0",
     "sysctl -w user.max_user_namespaces="},
    {"FewNetworkNamespacesAllowed",
     {NamespaceStep::clone, ENOSPC, "make the namespaces of host web"},
     facts([](auto& f) { f.max_network_namespaces = 3; }),
     "only 3 network namespaces",
     "sysctl -w user.max_net_namespaces="},
    {"NestedTooDeep",
     {NamespaceStep::clone, EUSERS, "make namespaces"},
     facts([](auto&) {}),
     "nested too deep",
     "user.max_*_namespaces"},
    {"ContainerWithSeccomp",
     {NamespaceStep::clone, EPERM, "make namespaces"},
     facts([](auto& f) { f.seccomp_filter = true; }),
     "seccomp",
     "--security-opt seccomp=unconfined"},
    {"Chroot",
     {NamespaceStep::clone, EPERM, "make namespaces"},
     facts([](auto& f) { f.in_chroot = true; }),
     "chroot",
     "outside the chroot"},
    {"RootInAChroot",
     {NamespaceStep::mount, EINVAL, "make the mounts private"},
     facts([](auto& f) { f.in_chroot = true; }),
     "chroot",
     "outside the chroot"},
    {"UnknownRefusal",
     {NamespaceStep::clone, EPERM, "make namespaces"},
     facts([](auto&) {}),
     "make namespaces",
     "--network loopback"},
    {"KernelWithout",
     {NamespaceStep::clone, EINVAL, "make namespaces"},
     facts([](auto&) {}),
     "kernel is built without",
     "--network loopback"},
    {"NoBridgeDriver",
     {NamespaceStep::network, EOPNOTSUPP, "create bridge lan"},
     facts([](auto&) {}),
     "cannot create bridge lan",
     "modprobe"},
    {"ReadOnlyProc",
     {NamespaceStep::map_user, EROFS, "write to /proc/self/uid_map"},
     facts([](auto&) {}),
     "read-only",
     "unmask=ALL"},
};

class DiagnosisOf : public testing::TestWithParam<Case> {};

TEST_P(DiagnosisOf, NamesCauseAndRemedy) {
  const auto diagnosis = diagnose(GetParam().fault, GetParam().facts);
  EXPECT_NE(diagnosis.cause.find(GetParam().cause), std::string::npos) << diagnosis.cause;
  EXPECT_NE(diagnosis.remedy.find(GetParam().remedy), std::string::npos) << diagnosis.remedy;
  EXPECT_FALSE(diagnosis.cause.ends_with('.'));
}

TEST_P(DiagnosisOf, IsShownByDoctorToPeopleAndToPrograms) {
  const std::vector<Finding> findings{{"kernel", Finding::State::fine, "Linux", ""},
                                      describe(GetParam().fault, GetParam().facts)};
  EXPECT_EQ(worst(findings), program::Exit::failed);
  const auto text = to_text(findings);
  EXPECT_NE(text.find("limit    network of namespaces  "), std::string::npos) << text;
  EXPECT_NE(text.find(GetParam().cause), std::string::npos) << text;
  EXPECT_NE(text.find(" -> "), std::string::npos) << text;
  EXPECT_NE(text.find(GetParam().remedy), std::string::npos) << text;
  const auto document = boost::json::parse(to_json(findings)).as_object();
  EXPECT_FALSE(document.at("ok").as_bool());
  const auto& finding = document.at("findings").as_array().at(1).as_object();
  EXPECT_EQ(finding.at("state"), "limit");
  EXPECT_NE(std::string_view{finding.at("text").as_string()}.find(GetParam().cause), std::string_view::npos);
  EXPECT_NE(std::string_view{finding.at("remedy").as_string()}.find(GetParam().remedy), std::string_view::npos);
}

TEST(Doctor, SaysWhetherALabRunsAllTheSame) {
  const Finding limit{"network of namespaces", Finding::State::limit, "not allowed", "allow them"};
  const Finding failure{"runtime folder", Finding::State::failure, "not there", "make it"};
  const Finding note{"nslookup", Finding::State::note, "not installed", "install it"};
  EXPECT_TRUE(to_text({note}).ends_with("\nThis machine can run the lab.\n"));
  EXPECT_EQ(worst({note}), program::Exit::done);
  EXPECT_TRUE(to_text({limit, note}).ends_with("labnet up --network loopback (nothing is captured).\n"));
  EXPECT_TRUE(to_text({limit, failure}).ends_with("\nThis machine cannot run the lab until that is mended.\n"));
  EXPECT_EQ(worst({failure}), program::Exit::failed);
}

TEST(Doctor, CountsTheLabsThatHaveRoomInTheNeighbourTable) {
  const auto usual = describe_neighbour_table(1024);
  EXPECT_EQ(usual.state, Finding::State::fine);
  EXPECT_EQ(usual.text, "1024 entries for all labs together: enough for 34 of the course that are all busy");
  EXPECT_EQ(usual.remedy, "");
  EXPECT_EQ(describe_neighbour_table(30).state, Finding::State::fine);
  const auto small = describe_neighbour_table(29);
  EXPECT_EQ(small.state, Finding::State::note);
  EXPECT_EQ(small.text, "29 entries for all labs together, and one of the course needs 30");
  EXPECT_EQ(small.remedy, "sudo sysctl -w net.ipv4.neigh.default.gc_thresh3=1024");
  EXPECT_EQ(worst({small}), program::Exit::done);
}

INSTANTIATE_TEST_SUITE_P(EachCase, DiagnosisOf, testing::ValuesIn(cases),
                         [](const auto& instance) { return std::string{instance.param.name}; });

}  // namespace
}  // namespace labnet::lab
