// Whose certificate a service shows, and where it answers by TLS.
#include "common/service/tls.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <filesystem>

#include "common/ca/ocsp.hpp"
#include "common/net/certificate.hpp"
#include "tests/support/child.hpp"

namespace labnet::service {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

net::Endpoint place(const std::string& text) {
  return *net::parse_endpoint(text);
}

/// Its CA is in a folder of the test's own.
class ServiceTls : public testing::Test {
 protected:
  ServiceTls() { ::setenv("LABNET_CA_DIR", folder_.c_str(), 1); }
  ~ServiceTls() override {
    ::unsetenv("LABNET_CA_DIR");
    ::unsetenv("LABNET_OUTSIDE_CA_DIR");
  }

  /// Whom the certificate is for.
  static std::vector<std::string> subjects_of(const TlsSettings& settings,
                                              const std::vector<net::Endpoint>& listening) {
    const auto identity = identity_of(settings, listening);
    if (!identity) return {identity.error().message};
    const auto server = net::TlsServer::make({.identities = {*identity}});
    if (!server) return {server.error().message};
    return (*server)->certificates().front().names;
  }
  static TlsSettings for_names(const std::vector<std::string>& names) {
    TlsSettings settings;
    settings.names = names;
    return settings;
  }

  test::TemporaryFolder temporary_;
  std::string folder_ = temporary_.path() + "/ca";
};

TEST_F(ServiceTls, HasACertificateForItsNamesAndForWhereItListens) {
  EXPECT_THAT(
      subjects_of(for_names({"ftps.labredes71.com", "*.labredes71.com", "192.0.2.1", "2001:db8::1"}),
                  {place("ftp://192.168.1.12:21"), place("ftps://192.168.1.12:990"), place("ftp://[::1]:21")}),
      ElementsAre("ftps.labredes71.com", "*.labredes71.com", "192.0.2.1", "2001:db8::1", "192.168.1.12", "::1"));
}

TEST_F(ServiceTls, HasACertificateForAllAddressesIfItListensAtAll) {
  EXPECT_THAT(subjects_of(for_names({"www.lab"}), {place("ftp://0.0.0.0:21")}),
              AllOf(Contains("127.0.0.1"), Not(Contains("0.0.0.0")), Not(Contains("::1"))));
  EXPECT_THAT(subjects_of(for_names({"www.lab"}), {place("ftp://[::]:21")}),
              AllOf(Contains("127.0.0.1"), Not(Contains("::"))));
}

TEST_F(ServiceTls, HasACertificateForThisHost) {
  TlsSettings settings;
  settings.is_for_this_host = true;
  const auto names = subjects_of(settings, {place("ftp://127.0.0.1:21")});
  EXPECT_THAT(names, AllOf(Contains("localhost"), Contains("127.0.0.1")));
  std::array<char, 256> host{};
  ::gethostname(host.data(), host.size() - 1);
  const std::string own{host.data()};
  if (own.find('.') == own.npos && ca::objection_to_name(own).empty()) {
    EXPECT_THAT(names, Contains(own + ".local"));
  }

  settings.names = {"www.lab"};
  EXPECT_THAT(subjects_of(settings, {}), AllOf(Contains("localhost"), Contains("www.lab")));
}

TEST_F(ServiceTls, HasAnotherCertificateEachTime) {
  const auto first = identity_of(for_names({"www.lab"}), {});
  const auto second = identity_of(for_names({"www.lab"}), {});
  EXPECT_NE(first->certificate_pem, second->certificate_pem);
  EXPECT_NE(first->key_pem, second->key_pem);
}

TEST_F(ServiceTls, HasNoCertificateForWhatTheCaMayNotVouchFor) {
  EXPECT_THAT(subjects_of(for_names({"www.bing.com"}), {}),
              ElementsAre(StartsWith("the lab CA may not vouch for www.bing.com, only for ")));
  EXPECT_THAT(check(for_names({"www.bing.com"})).error().message, HasSubstr("--renew --domain www.bing.com"));
}

TEST_F(ServiceTls, HasACertificateOfTheOutsideWorldForItsNamesAlone) {
  auto settings = for_names({"www.youtube.com", "*.elespectador.com"});
  settings.authority = Authority::outside;
  const auto outside = temporary_.path() + "/outside";
  const auto authority = ca::Authority::make_outside(outside);
  ASSERT_TRUE(authority) << authority.error().message;
  ::setenv("LABNET_OUTSIDE_CA_DIR", outside.c_str(), 1);
  EXPECT_THAT(subjects_of(settings, {place("https://203.0.113.20:443")}),
              ElementsAre("www.youtube.com", "*.elespectador.com"));
  EXPECT_THAT(identity_of(settings, {})->certificate_pem, testing::EndsWith(authority->certificate_pem()));
  EXPECT_FALSE(std::filesystem::exists(folder_)) << "nobody needs the lab CA";
}

TEST_F(ServiceTls, OfTheOutsideWorldNeedsALabThatRuns) {
  auto settings = for_names({"www.youtube.com"});
  settings.authority = Authority::outside;
  EXPECT_TRUE(check(settings)) << "a file is right without it";
  EXPECT_EQ(
      identity_of(settings, {}).error().message,
      "there is no outside CA: it is a lab's, and its services alone are told of it; let \"labnet up\" start this "
      "one, or set LABNET_OUTSIDE_CA_DIR to a folder with a CA (ca.crt, ca.key)");
  const auto nowhere = temporary_.path() + "/nowhere";
  ::setenv("LABNET_OUTSIDE_CA_DIR", nowhere.c_str(), 1);
  EXPECT_THAT(identity_of(settings, {}).error().message, StartsWith("there is no outside CA in " + nowhere + "; "));
  EXPECT_FALSE(std::filesystem::exists(nowhere));
}

TEST_F(ServiceTls, HasTheVersionsAndTheUrlThatItIsTold) {
  auto settings = for_names({"www.lab"});
  settings.ocsp = "http://ocsp.lab/";
  settings.versions = {net::TlsVersion::tls_1_2};
  const auto identity = identity_of(settings, {});
  ASSERT_TRUE(identity) << identity.error().message;
  EXPECT_EQ(identity->version_min, net::TlsVersion::tls_1_2);
  EXPECT_EQ(identity->version_max, net::TlsVersion::tls_1_2);
  EXPECT_EQ(ca::ocsp_url_of(ca::parse_certificate(identity->certificate_pem)), "http://ocsp.lab/");
  settings = for_names({"www.lab"});
  settings.versions = {net::TlsVersion::tls_1_3, net::TlsVersion::tls_1_2};
  const auto usual = identity_of(settings, {});
  EXPECT_EQ(usual->version_min, net::TlsVersion::tls_1_2);
  EXPECT_EQ(usual->version_max, net::TlsVersion::tls_1_3);
  EXPECT_EQ(ca::ocsp_url_of(ca::parse_certificate(usual->certificate_pem)), std::nullopt);
}

TEST_F(ServiceTls, IsCheckedWithoutMakingACa) {
  EXPECT_TRUE(check({}));
  EXPECT_TRUE(check(for_names({"ftps.labredes71.com", "192.0.2.1"})));
  EXPECT_THAT(check(for_names({"ftps.labredes71.com", "www.bing.com"})).error().message,
              StartsWith("the lab CA may not vouch for www.bing.com, only for "));
  EXPECT_FALSE(std::filesystem::exists(folder_));

  ASSERT_TRUE(ca::Authority::renew(folder_, {"bing.com"}));
  EXPECT_TRUE(check(for_names({"www.bing.com"})));
  std::filesystem::remove(folder_ + "/ca.key");
  EXPECT_THAT(check(for_names({"www.lab"})).error().message, HasSubstr("ca.key is missing"));
}

TEST_F(ServiceTls, IsCheckedByReadingItsFiles) {
  TlsSettings settings;
  settings.certificate = "/nowhere/www.crt";
  settings.key = "/nowhere/www.key";
  EXPECT_THAT(check(settings).error().message, StartsWith("cannot read the certificate /nowhere/www.crt: "));
  const auto leaf = *ca::Authority::open(folder_)->issue({"www.lab"}, {});
  settings.certificate = temporary_.write("www.crt", leaf.certificate_pem);
  settings.key = temporary_.write("www.key", leaf.key_pem);
  EXPECT_TRUE(check(settings));
  EXPECT_THAT(subjects_of(settings, {place("ftp://192.168.1.12:21")}), ElementsAre("www.lab"));
}

/// The settings of a section `tls`, or the fault.
Result<TlsSettings, settings::Fault> read(const std::string& yaml) {
  auto document = settings::parse("tls: " + yaml, "ftp.yaml");
  TlsSettings read;
  auto root = document->root();
  if (auto section = root.section("tls")) read_tls(*section, read);
  return document->finish(read);
}

TEST(ServiceTlsSection, NamesFilesOrNames) {
  EXPECT_FALSE(read("{}")->is_offered());
  EXPECT_FALSE(read("{ certificate: , key: , names: [] }")->is_offered());
  const auto files = *read("{ certificate: /etc/www.crt, key: /etc/www.key }");
  EXPECT_EQ(files.certificate, "/etc/www.crt");
  EXPECT_EQ(files.key, "/etc/www.key");
  EXPECT_TRUE(files.is_offered());
  EXPECT_FALSE(files.is_made());
  const auto names = *read("{ names: [ftps.labredes71.com, 192.168.1.12] }");
  EXPECT_THAT(names.names, ElementsAre("ftps.labredes71.com", "192.168.1.12"));
  EXPECT_TRUE(names.is_made());
}

TEST(ServiceTlsSection, SaysWhoVouchesWhereToAskAndWhatIsSpoken) {
  const auto usual = *read("{ names: [www.lab] }");
  EXPECT_EQ(usual.authority, Authority::lab);
  EXPECT_EQ(usual.ocsp, std::nullopt);
  EXPECT_THAT(usual.versions, ElementsAre(net::TlsVersion::tls_1_2, net::TlsVersion::tls_1_3));
  const auto outside =
      *read("{ names: [www.bing.com], authority: outside, ocsp: \"http://ocsp.lab/\", versions: [1.2] }");
  EXPECT_EQ(outside.authority, Authority::outside);
  EXPECT_EQ(outside.ocsp, "http://ocsp.lab/");
  EXPECT_THAT(outside.versions, ElementsAre(net::TlsVersion::tls_1_2));
  EXPECT_THAT(read("{ certificate: a, key: b, versions: [1.3] }")->versions, ElementsAre(net::TlsVersion::tls_1_3));
}

TEST(ServiceTlsSection, ExplainsWhoMayNotVouchWhereNobodyAnswersAndWhatIsNotSpoken) {
  const auto fault = [](const std::string& yaml) { return settings::to_string(read(yaml).error()); };
  EXPECT_THAT(fault("{ names: [www.lab], authority: mine }"), HasSubstr("expected one of lab, outside, found"));
  EXPECT_THAT(fault("{ authority: outside }"), HasSubstr("expected names for a certificate of the outside CA"));
  EXPECT_THAT(fault("{ certificate: a, key: b, authority: outside }"),
              HasSubstr("expected names for a certificate of "));
  for (const auto* const url : {"https://ocsp.lab/", "http://", "http:///", "ocsp.lab", "\"http://ocsp lab/\""}) {
    EXPECT_THAT(fault(fmt::format("{{ names: [www.lab], ocsp: {} }}", url)),
                HasSubstr("expected the URL of an OCSP responder, such as http://ocsp.labredes71.com/, found"))
        << url;
  }
  const auto url_of = [](std::size_t bytes) { return "http://" + std::string(bytes - 7, 'a'); };
  EXPECT_TRUE(read("{ names: [www.lab], ocsp: " + url_of(ca::ocsp_url_bytes_max) + " }"));
  EXPECT_FALSE(read("{ names: [www.lab], ocsp: " + url_of(ca::ocsp_url_bytes_max + 1) + " }"));
  EXPECT_THAT(fault("{ certificate: a, key: b, ocsp: \"http://ocsp.lab/\" }"),
              HasSubstr("expected names for a certificate in which it is to stand"));
  EXPECT_THAT(fault("{ names: [www.lab], versions: [1.1] }"), HasSubstr("expected one of 1.2, 1.3, found"));
  EXPECT_THAT(fault("{ names: [www.lab], versions: [] }"), HasSubstr("expected 1.2, 1.3 or both"));
}

TEST(ServiceTlsSection, ExplainsWhatItDoesNotTake) {
  EXPECT_THAT(settings::to_string(read("{ certificate: /etc/www.crt }").error()),
              HasSubstr("expected certificate and key, or neither"));
  EXPECT_THAT(settings::to_string(read("{ key: /etc/www.key }").error()),
              HasSubstr("expected certificate and key, or neither"));
  EXPECT_THAT(settings::to_string(read("{ certificate: a, key: b, names: [www.lab] }").error()),
              HasSubstr("expected names for a certificate of the lab CA, or a certificate, but not both"));
  EXPECT_THAT(settings::to_string(read("{ names: [\"www lab\"] }").error()),
              HasSubstr("expected a host name such as ftps.labredes71.com or *.labredes71.com, or an address"));
}

TEST(ServiceTlsSection, HasALimit) {
  const auto list = [](std::size_t count) {
    std::string yaml{"{ names: ["};
    for (std::size_t i = 0; i < count; ++i) yaml += "a" + std::to_string(i) + ".lab, ";
    return yaml + "] }";
  };
  EXPECT_TRUE(read(list(ca::names_max)));
  EXPECT_THAT(settings::to_string(read(list(ca::names_max + 1)).error()), HasSubstr("expected at most 100 names"));
}

/// What a command line comes to.
struct Asked {
  std::string mistake;
  CommonInput common;
  TlsInput tls;
  TlsSettings settings;

  Asked(const std::vector<std::string>& arguments, TlsSettings configured = {}) : settings{std::move(configured)} {
    program::Options options;
    const Kind<net::Endpoint> kind{"ftp://ADDRESS:PORT", [](std::string_view text) -> std::optional<net::Endpoint> {
                                     auto endpoint = net::parse_endpoint(text);
                                     if (!endpoint) return std::nullopt;
                                     if (endpoint->scheme.empty()) endpoint->scheme = "ftp";
                                     return *endpoint;
                                   }};
    declare(options, common, "127.0.0.1:2121", kind);
    declare(options, tls, kind, "ftps");
    if (const auto wrong = options.parse(arguments)) {
      mistake = *wrong;
    } else if (const auto applied = apply(tls, settings); !applied) {
      mistake = applied.error().message;
    }
  }

  std::vector<std::string> places(const std::vector<net::Endpoint>& configured = {}) const {
    std::vector<std::string> texts;
    const UsualPlaces usual{place("ftp://127.0.0.1:2121"), place("ftps://127.0.0.1:9990")};
    const auto places = places_to_listen(common, tls, settings, configured, usual);
    if (!places) return {places.error().message};
    for (const auto& one : *places) texts.push_back(to_string(one));
    return texts;
  }
};

TEST(ServiceTlsOptions, StandOverWhatTheFileSays) {
  TlsSettings files;
  files.certificate = "old.crt";
  files.key = "old.key";
  const Asked other{{"--cert", "new.crt", "--key", "new.key"}, files};
  EXPECT_EQ(other.settings.certificate, "new.crt");
  EXPECT_EQ(other.settings.key, "new.key");
  const Asked lab{{"--tls"}, files};
  EXPECT_TRUE(lab.settings.is_for_this_host);
  EXPECT_TRUE(lab.settings.certificate.empty());

  TlsSettings names;
  names.names = {"www.lab"};
  EXPECT_THAT(Asked({"--tls"}, names).settings.names, ElementsAre("www.lab"));
  names.authority = Authority::outside;
  names.ocsp = "http://ocsp.lab/";
  names.versions = {net::TlsVersion::tls_1_3};
  const Asked own{{"--cert", "new.crt", "--key", "new.key"}, names};
  EXPECT_EQ(own.settings.ocsp, std::nullopt);
  EXPECT_EQ(own.settings.versions, names.versions);
  EXPECT_EQ(Asked({"--tls"}, names).settings.authority, Authority::lab);
  EXPECT_EQ(Asked({"--tls"}, names).settings.versions, names.versions);
  EXPECT_THAT(own.settings.names, IsEmpty());
  EXPECT_FALSE(own.settings.is_made());
  EXPECT_EQ(Asked({}, names).settings.names, names.names);
}

TEST(ServiceTlsOptions, NothingSaidMeansAllPlacesThatNeedNoCertificate) {
  UsualPlaces usual{place("rtmp://127.0.0.1:1935"), place("rtmps://127.0.0.1:1936")};
  usual.besides = place("rtmpt://127.0.0.1:8935");
  const auto places = places_to_listen({}, {}, {}, {}, usual);
  ASSERT_TRUE(places);
  EXPECT_THAT(*places, ElementsAre(usual.plain, *usual.besides));
  EXPECT_THAT(*places_to_listen({}, {}, {}, {usual.plain}, usual), ElementsAre(usual.plain));
}

TEST(ServiceTlsOptions, WithSocketsHandedInNoPlaceIsUsual) {
  const UsualPlaces usual{place("rtmp://127.0.0.1:1935"), place("rtmps://127.0.0.1:1936")};
  CommonInput common;
  common.is_handed_in = true;
  EXPECT_THAT(*places_to_listen(common, {}, {}, {}, usual), ElementsAre());
  EXPECT_THAT(*places_to_listen(common, {}, {}, {usual.secure}, usual), ElementsAre(usual.secure));
}

TEST(ServiceTlsOptions, BelongTogetherOrExcludeEachOther) {
  EXPECT_EQ(Asked({"--cert", "a.crt"}).mistake, "--cert and --key belong together");
  EXPECT_EQ(Asked({"--key", "a.key"}).mistake, "--cert and --key belong together");
  EXPECT_EQ(Asked({"--tls", "--cert", "a.crt", "--key", "a.key"}).mistake, "--tls and --cert exclude each other");
  for (const auto* const text : {"ftp://127.0.0.1:990", "127.0.0.1", "localhost:990"}) {
    EXPECT_THAT(Asked({"--listen-tls", text}).mistake, HasSubstr("expected ADDRESS:PORT or ftps://ADDRESS:PORT, found"))
        << text;
  }
}

TEST(ServiceTlsOptions, SayWhereToListenByTls) {
  EXPECT_THAT(Asked({}).places(), ElementsAre("ftp://127.0.0.1:2121"));
  EXPECT_THAT(Asked({"--tls"}).places(), ElementsAre("ftp://127.0.0.1:2121", "ftps://127.0.0.1:9990"));
  EXPECT_THAT(Asked({"--tls", "--listen-tls", "127.0.0.1:990"}).places(),
              ElementsAre("ftp://127.0.0.1:2121", "ftps://127.0.0.1:990"));
  EXPECT_THAT(Asked({"--tls", "--listen", "127.0.0.1:21"}).places(), ElementsAre("ftp://127.0.0.1:21"));
  const Asked of_lab{{"--tls", "--listen", "10.0.0.1:21", "--listen-tls", "ftps://10.0.0.1:990", "--listen",
                      "10.0.0.2:21", "--listen-tls", "ftps://[::1]:990"}};
  EXPECT_THAT(of_lab.places({place("ftp://192.0.2.1:21")}),
              ElementsAre("ftp://10.0.0.1:21", "ftp://10.0.0.2:21", "ftps://10.0.0.1:990", "ftps://[::1]:990"));
  EXPECT_THAT(Asked({"--listen-tls", "10.0.0.1:990", "--tls"}).places({place("ftp://192.0.2.1:21")}),
              ElementsAre("ftp://192.0.2.1:21", "ftps://10.0.0.1:990"));
}

TEST(ServiceTlsOptions, NeedACertificateForAPlace) {
  const Asked plain{{"--listen", "10.0.0.1:21", "--listen-tls", "ftps://10.0.0.1:990"}};
  EXPECT_EQ(plain.mistake, "");
  EXPECT_THAT(plain.places(), ElementsAre(StartsWith("--listen-tls needs a certificate: --tls shows one")));
}

TEST(ServiceTlsOptions, OfNoUseInALabAreToldInTheLogAsItIsAskedFor) {
  const test::TemporaryFolder folder;
  std::array<int, 2> ends{};  // the lab's, and the service's, which inherits it
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()), 0);
  const FileDescriptor lab{ends[0]}, control{ends[1]};
  ::fcntl(lab.get(), F_SETFD, FD_CLOEXEC);
  test::Child server{{test::labnet(), "serve", "ftp", "--anonymous", "--root", folder.path(), "--listen", "127.0.0.1:0",
                      "--listen-tls", "127.0.0.1:990", "--log-format", "json", "--control-fd",
                      std::to_string(control.get())}};
  ASSERT_TRUE(server.line());  // ready
  server.signal(SIGTERM);
  EXPECT_THAT(server.wait().errors,
              AllOf(StartsWith("{"), HasSubstr("\"message\":\"without a certificate nobody answers by TLS\","
                                               "\"address\":\"ftps://127.0.0.1:990\"}\n")));
}

}  // namespace
}  // namespace labnet::service
