#include "servers/lab/lab.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "servers/lab/host_files.hpp"
#include "servers/lab/service_plan.hpp"

namespace labnet::lab {
namespace {

Host make_host(std::string name, std::initializer_list<std::pair<const char*, const char*>> cards,
               bool router = false) {
  Host host;
  host.name = std::move(name);
  host.router = router;
  for (const auto& [network, address] : cards) host.interfaces.push_back({network, {*parse_ipv4(address)}, {}, {}});
  return host;
}

/// Three networks in a row: left -- r1 -- middle -- r2 -- right.
Lab three_networks() {
  Lab lab;
  lab.name = "row";
  lab.networks = {{"left", *parse_ipv4_subnet("10.1.0.0/24")},
                  {"middle", *parse_ipv4_subnet("10.2.0.0/24")},
                  {"right", *parse_ipv4_subnet("10.3.0.0/24")}};
  lab.hosts = {
      make_host("a", {{"left", "10.1.0.10"}}), make_host("r1", {{"left", "10.1.0.1"}, {"middle", "10.2.0.1"}}, true),
      make_host("r2", {{"middle", "10.2.0.2"}, {"right", "10.3.0.2"}}, true), make_host("b", {{"right", "10.3.0.10"}})};
  return lab;
}

TEST(Routes, AHostSendsWhatIsElsewhereToItsRouter) {
  const auto lab = three_networks();
  const auto routes = routes_of(lab, *lab.find_host("b"));
  ASSERT_EQ(routes.size(), 1u);
  EXPECT_EQ(to_string(routes[0].destination), "0.0.0.0/0");
  EXPECT_EQ(to_string(routes[0].gateway), "10.3.0.2");
}

TEST(Routes, ARouterKnowsTheWayToNetworksBehindOtherRouters) {
  const auto lab = three_networks();
  const auto routes = routes_of(lab, *lab.find_host("r1"));
  ASSERT_EQ(routes.size(), 1u);
  EXPECT_EQ(to_string(routes[0].destination), "10.3.0.0/24");
  EXPECT_EQ(to_string(routes[0].gateway), "10.2.0.2");
}

TEST(Routes, TheHostsOwnGatewayComesFirst) {
  auto lab = three_networks();
  lab.hosts[0].gateway = parse_ipv4("10.1.0.99");
  EXPECT_EQ(to_string(routes_of(lab, lab.hosts[0]).at(0).gateway), "10.1.0.99");
}

TEST(Routes, WithoutARouterThereIsNone) {
  auto lab = three_networks();
  lab.hosts[1].router = lab.hosts[2].router = false;
  EXPECT_TRUE(routes_of(lab, lab.hosts[0]).empty());
}

TEST(HostFiles, ResolvConfNamesTheOwnCacheOrTheServer) {
  auto host = make_host("pc", {{"left", "10.1.0.10"}});
  EXPECT_NE(resolv_conf(host).find("nameserver 127.0.0.1\n"), std::string::npos);
  host.resolver = Resolver{*parse_ipv4("10.1.0.7"), true};
  EXPECT_EQ(resolv_conf(host), "nameserver 127.0.0.1\n");
  host.resolver->cache = false;
  EXPECT_EQ(resolv_conf(host), "nameserver 10.1.0.7\n");
}

TEST(HostFiles, NsswitchKeepsAllButTheHosts) {
  EXPECT_EQ(nsswitch_conf("passwd: files sss\nhosts: files resolve [!UNAVAIL=return] dns\n"),
            "passwd: files sss\nhosts: files dns\n");
  EXPECT_EQ(nsswitch_conf(""), "hosts: files dns\n");
}

TEST(HostFiles, HostsNamesOnlyTheHostItself) {
  const auto text = hosts_file(make_host("web", {{"left", "10.1.0.10"}}));
  EXPECT_NE(text.find("127.0.0.1 localhost\n"), std::string::npos);
  EXPECT_NE(text.find("10.1.0.10 web\n"), std::string::npos);
}

TEST(ServicePlan, AServiceListensOnAllAddressesOfItsHost) {
  auto lab = three_networks();
  lab.hosts[1].services.push_back({"dns", "dns", "/etc/lab/dns.yaml", {}});
  const auto plans = plan_services(lab, NetworkMode::namespaces, {}, "/run/lab");
  ASSERT_EQ(plans.size(), 1u);
  EXPECT_EQ(plans[0].arguments,
            (std::vector<std::string>{"serve", "dns", "-c", "/etc/lab/dns.yaml", "--workers", "1", "--log-format",
                                      "json", "--listen", "udp://10.1.0.1:53", "--listen", "tcp://10.1.0.1:53",
                                      "--listen", "udp://10.2.0.1:53", "--listen", "tcp://10.2.0.1:53"}));
}

TEST(ServicePlan, WhatClientsStoreIsKeptInTheLabsOwnFolder) {
  auto lab = three_networks();
  lab.hosts[0].services.push_back({"files", "ftp", "/etc/lab/ftp.yaml", {}});
  EXPECT_EQ(plan_services(lab, NetworkMode::namespaces, {}, "/run/lab").at(0).arguments,
            (std::vector<std::string>{"serve", "ftp", "-c", "/etc/lab/ftp.yaml", "--workers", "1", "--log-format",
                                      "json", "--listen", "ftp://10.1.0.10:21", "--listen-tls", "ftps://10.1.0.10:990",
                                      "--scratch", "/run/lab/a-files"}));
  const auto here = plan_services(lab, NetworkMode::loopback, {}, "/run/lab").at(0).arguments;
  EXPECT_NE(std::ranges::find(here, "ftp://127.71.1.10:2121"), here.end());
  EXPECT_NE(std::ranges::find(here, "ftps://127.71.1.10:9990"), here.end());
  EXPECT_EQ(std::ranges::find(here, "--map"), here.end());
}

TEST(ServicePlan, WhatPeoplePostIsKeptThereToo) {
  auto lab = three_networks();
  lab.hosts[0].services.push_back({"video", "http", "/etc/lab/http.yaml", {}});
  const auto arguments = plan_services(lab, NetworkMode::namespaces, {}, "/run/lab").at(0).arguments;
  const auto scratch = std::ranges::find(arguments, "--scratch");
  ASSERT_NE(scratch, arguments.end());
  EXPECT_EQ(*std::next(scratch), "/run/lab/a-video");
}

TEST(ServicePlan, AServiceWithAddressesListensOnThoseAlone) {
  auto lab = three_networks();
  lab.hosts[1].services.push_back({"root", "dns", "/etc/lab/root.yaml", {*parse_ipv4("10.2.0.1")}});
  const auto arguments = plan_services(lab, NetworkMode::namespaces, {}, "/run/lab").at(0).arguments;
  EXPECT_EQ(std::ranges::count(arguments, "--listen"), 2);
}

TEST(ServicePlan, ACacheStandsOnTheLoopbackAddressOfItsHost) {
  auto lab = three_networks();
  lab.hosts[0].resolver = Resolver{*parse_ipv4("10.1.0.7"), true};
  const auto plans = plan_services(lab, NetworkMode::namespaces, {}, "/run/lab");
  ASSERT_EQ(plans.size(), 1u);
  EXPECT_EQ(plans[0].name, "resolver");
  EXPECT_NE(std::ranges::find(plans[0].arguments, "udp://127.0.0.1:53"), plans[0].arguments.end());
  EXPECT_NE(std::ranges::find(plans[0].arguments, "10.1.0.7"), plans[0].arguments.end());
}

TEST(ServicePlan, OnTheLoopbackNetworkACacheStandsAtItsHostsTwin) {
  auto lab = three_networks();
  lab.hosts[0].resolver = Resolver{*parse_ipv4("10.1.0.7"), true};
  const auto plans = plan_services(lab, NetworkMode::loopback, {}, "/run/lab");
  ASSERT_EQ(plans.size(), 1u);
  const auto own = to_string(loopback_twin(lab, lab.hosts[0].interfaces[0].addresses[0]));
  EXPECT_NE(std::ranges::find(plans[0].arguments, "udp://" + own + ":5300"), plans[0].arguments.end());
  const auto server = to_string(loopback_twin(lab, *parse_ipv4("10.1.0.7"))) + ":5300";
  EXPECT_NE(std::ranges::find(plans[0].arguments, server), plans[0].arguments.end());
}

TEST(ServicePlan, OnTheLoopbackNetworkEachAddressHasATwin) {
  auto lab = three_networks();
  EXPECT_EQ(to_string(loopback_twin(lab, *parse_ipv4("10.3.0.10"))), "127.71.3.10");
  EXPECT_EQ(to_string(loopback_twin(lab, *parse_ipv4("8.8.8.8"))), "8.8.8.8") << "none of the lab's";
  lab.hosts[0].services.push_back({"dns", "dns", "/etc/lab/dns.yaml", {}});
  const auto arguments = plan_services(lab, NetworkMode::loopback, {}, "/run/lab").at(0).arguments;
  EXPECT_NE(std::ranges::find(arguments, "udp://127.71.1.10:5300"), arguments.end());
  EXPECT_NE(std::ranges::find(arguments, "10.1.0.0/24=127.71.1.0"), arguments.end());
}

TEST(ServicePlan, EachFileIsCheckedOnce) {
  auto lab = three_networks();
  lab.hosts[0].services.push_back({"dns", "dns", "/etc/lab/dns.yaml", {}});
  lab.hosts[3].services.push_back({"dns", "dns", "/etc/lab/dns.yaml", {}});
  const auto checks = plan_checks(lab);
  ASSERT_EQ(checks.size(), 1u);
  EXPECT_EQ(checks[0].arguments.back(), "--check");
}

TEST(ServicePlan, AServiceGetsThePublishedSocketsOfItsPort) {
  auto lab = three_networks();
  lab.hosts[0].services.push_back({"dns", "dns", "/etc/lab/dns.yaml", {}});
  lab.publications = {{*parse_ipv4("127.0.0.1"), 5300, "a", 53}, {*parse_ipv4("127.0.0.1"), 8080, "a", 80}};
  const auto plans = plan_services(lab, NetworkMode::namespaces,
                                   {{&lab.publications[0], Transport::tcp, 11},
                                    {&lab.publications[0], Transport::udp, 12},
                                    {&lab.publications[1], Transport::tcp, 13}},
                                   "/run/lab");
  EXPECT_EQ(plans.at(0).handed_in, (std::vector<HandedOver>{{11, "tcp"}, {12, "udp"}}));
}

TEST(ServicePlan, APublishedSocketHasTheNameOfWhatIsSpokenThere) {
  auto lab = three_networks();
  lab.hosts[0].services.push_back({"ftp", "ftp", "/etc/lab/ftp.yaml", {}});
  lab.publications = {{*parse_ipv4("127.0.0.1"), 9990, "a", 990}, {*parse_ipv4("127.0.0.1"), 2121, "a", 21}};
  const auto plans =
      plan_services(lab, NetworkMode::namespaces,
                    {{&lab.publications[0], Transport::tcp, 11}, {&lab.publications[1], Transport::tcp, 12}}, "/run");
  EXPECT_EQ(plans.at(0).handed_in, (std::vector<HandedOver>{{11, "ftps"}, {12, "ftp"}}));
}

}  // namespace
}  // namespace labnet::lab
