#include "common/service/tls.hpp"

#include <fmt/format.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <memory>

#include "common/base/text.hpp"
#include "common/log/clock.hpp"
#include "common/log/log.hpp"

namespace labnet::service {
namespace {

namespace asio = boost::asio;

/// "ftps.labredes71.com", or an address.
Kind<std::string> name_kind() {
  return {"a host name such as ftps.labredes71.com or *.labredes71.com, or an address",
          [](std::string_view text) -> std::optional<std::string> {
            if (!parse_ip(text) && !ca::objection_to_name(text).empty()) return std::nullopt;
            return std::string{text};
          }};
}

/// Those of the interfaces, for whoever listens at all of them. Addresses of a link (fe80::) need an interface beside
/// them, with which no certificate is looked at.
std::vector<asio::ip::address> own_addresses() {
  std::vector<asio::ip::address> found;
  ifaddrs* list = nullptr;
  if (::getifaddrs(&list) < 0) return found;
  const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> all{list, ::freeifaddrs};
  for (const auto* one = all.get(); one != nullptr; one = one->ifa_next) {
    if (one->ifa_addr == nullptr) continue;
    if (one->ifa_addr->sa_family == AF_INET) {
      const auto& v4 = *reinterpret_cast<const sockaddr_in*>(one->ifa_addr);
      found.emplace_back(asio::ip::address_v4{ntohl(v4.sin_addr.s_addr)});
    } else if (one->ifa_addr->sa_family == AF_INET6) {
      const auto& v6 = *reinterpret_cast<const sockaddr_in6*>(one->ifa_addr);
      asio::ip::address_v6::bytes_type octets{};
      std::ranges::copy(v6.sin6_addr.s6_addr, octets.begin());
      const asio::ip::address_v6 address{octets};
      if (!address.is_link_local()) found.emplace_back(address);
    }
  }
  return found;
}

Kind<std::string> ocsp_url_kind() {
  return {"the URL of an OCSP responder, such as http://ocsp.labredes71.com/",
          [](std::string_view text) -> std::optional<std::string> {
            if (!ca::objection_to_ocsp_url(text).empty()) return std::nullopt;
            return std::string{text};
          }};
}

Kind<Authority> authority_kind() {
  return one_of<Authority>({{"lab", Authority::lab}, {"outside", Authority::outside}});
}

Kind<net::TlsVersion> version_kind() {
  return one_of<net::TlsVersion>({{"1.2", net::TlsVersion::tls_1_2}, {"1.3", net::TlsVersion::tls_1_3}});
}

/// What a certificate that is made here is for.
class Subjects {
 public:
  void add_name(const std::string& name) {
    if (const auto address = parse_ip(name)) return add(*address);
    if (std::ranges::find(names_, name) == names_.end()) names_.push_back(name);
  }
  void add_listening(const net::Endpoint& place) {
    if (!place.address.is_unspecified()) return add(net::to_ip(place.address));
    for (const auto& own : own_addresses()) {
      // [::] takes what comes by IPv4, too. A machine full of containers may have more than a certificate holds.
      const auto is_reached = own.is_v4() || place.address.is_v6();
      if (is_reached && addresses_.size() < ca::addresses_max) add(net::to_ip(own));
    }
  }
  const std::vector<std::string>& names() const { return names_; }
  const std::vector<IpAddress>& addresses() const { return addresses_; }

 private:
  void add(const IpAddress& address) {
    if (std::ranges::find(addresses_, address) == addresses_.end()) addresses_.push_back(address);
  }

  std::vector<std::string> names_;
  std::vector<IpAddress> addresses_;
};

/// Localhost, and what this host is called by itself and by its neighbours (RFC 6762), as far as the CA may vouch for
/// it.
std::vector<std::string> names_of_this_host(const ca::Authority& authority) {
  std::vector<std::string> names{"localhost"};
  std::array<char, 256> own{};
  ::gethostname(own.data(), own.size() - 1);
  const std::string host{own.data()};
  for (const auto& name : {host, host + ".local"}) {
    const auto is_wanted = name == host || host.find('.') == host.npos;
    if (is_wanted && ca::objection_to_name(name).empty() && authority.may_vouch_for(name)) names.push_back(name);
  }
  return names;
}

net::TlsIdentity identity_in_files(const TlsSettings& settings) {
  net::TlsIdentity identity;
  identity.certificate_path = settings.certificate.string();
  identity.key_path = settings.key.string();
  return identity;
}

Result<ca::Authority> open_authority(Authority which) {
  const auto folder = which == Authority::outside ? ca::outside_folder() : ca::usual_folder();
  if (!folder) return folder.error();
  return which == Authority::outside ? ca::Authority::open_outside(*folder) : ca::Authority::open(*folder);
}

Result<net::TlsIdentity> make_identity(const TlsSettings& settings, const std::vector<net::Endpoint>& listening) {
  const auto authority = open_authority(settings.authority);
  if (!authority) return authority.error();
  Subjects subjects;
  for (const auto& name : settings.names) subjects.add_name(name);
  if (settings.is_for_this_host) {
    for (const auto& name : names_of_this_host(*authority)) subjects.add_name(name);
  }
  // Sites of the outside world are known by name, as those that they are made after.
  if (settings.authority == Authority::lab) {
    for (const auto& place : listening) subjects.add_listening(place);
  }
  auto leaf = authority->issue(subjects.names(), subjects.addresses(), seconds_now(), settings.ocsp.value_or(""));
  if (!leaf) return leaf.error();
  net::TlsIdentity identity;
  identity.certificate_pem = std::move(leaf->certificate_pem);
  identity.key_pem = std::move(leaf->key_pem);
  return identity;
}

Result<void> check_files(const TlsSettings& settings) {
  const auto made = net::TlsServer::make({.identities = {identity_in_files(settings)}});
  if (!made) return made.error();
  return {};
}

Result<void> check_names(const TlsSettings& settings) {
  // There is no outside CA before the lab runs, and it vouches for any name.
  if (settings.authority == Authority::outside) return {};
  const auto folder = ca::usual_folder();
  if (!folder) return folder.error();
  const auto authority = ca::Authority::find(*folder);
  if (!authority) return authority.error();
  const auto& domains = *authority ? (*authority)->domains() : ca::usual_domains();
  for (const auto& name : settings.names) {
    if (parse_ip(name) || domains.empty() || ca::is_at_or_below(name, domains)) continue;
    return Error{ca::not_vouched_for(name, domains)};
  }
  return {};
}

/// "certificate:" and no more is none.
void read_path(settings::Section& section, std::string_view key, std::filesystem::path& out) {
  std::optional<std::filesystem::path> path;
  section.get(key, path);
  if (path) out = *std::move(path);
}

}  // namespace

void read_tls(settings::Section& section, TlsSettings& settings) {
  read_path(section, "certificate", settings.certificate);
  read_path(section, "key", settings.key);
  section.get("names", settings.names, name_kind());
  section.get("authority", settings.authority, authority_kind());
  section.get("ocsp", settings.ocsp, ocsp_url_kind());
  section.get("versions", settings.versions, version_kind());
  if (settings.certificate.empty() != settings.key.empty()) {
    section.fail(settings.key.empty() ? "certificate" : "key", "expected certificate and key, or neither");
  }
  if (!settings.names.empty() && !settings.certificate.empty()) {
    section.fail("names", "expected names for a certificate of the lab CA, or a certificate, but not both");
  }
  if (settings.names.empty() && settings.authority == Authority::outside) {
    section.fail("authority", "expected names for a certificate of the outside CA");
  }
  if (settings.ocsp && !settings.certificate.empty()) {
    section.fail("ocsp", "expected names for a certificate in which it is to stand, in place of a certificate");
  }
  if (settings.versions.empty()) section.fail("versions", "expected 1.2, 1.3 or both");
  if (settings.names.size() > ca::names_max) {
    section.fail("names", fmt::format("expected at most {} names", ca::names_max));
  }
}

void declare(program::Options& options, TlsInput& input, const Kind<net::Endpoint>& listen_kind,
             const std::string& secure, const std::string& key_option) {
  const auto parse = [inner = listen_kind.parse, secure](std::string_view text) -> std::optional<net::Endpoint> {
    const auto is_plain = text.find("://") == text.npos;
    auto endpoint = inner(is_plain ? secure + "://" + std::string{text} : std::string{text});
    return endpoint && endpoint->scheme == secure ? endpoint : std::nullopt;
  };
  options.flag("--tls", input.tls, "show a certificate of the lab CA (labnet ca), for localhost and this host");
  options.option("--cert", "FILE", input.certificate, "show this certificate (PEM, with those that lead to its CA)");
  input.key_option = key_option;
  options.option(key_option, "FILE", input.key, "its key (PEM)");
  options.repeatable("--listen-tls", "ADDR:PORT", input.listen,
                     "where to answer by TLS from the first byte on, with a certificate",
                     Kind<net::Endpoint>{fmt::format("ADDRESS:PORT or {}://ADDRESS:PORT", secure), parse});
  options.excludes("--tls", "--cert");
}

Result<void> apply(const TlsInput& input, TlsSettings& settings) {
  if (input.certificate.has_value() != input.key.has_value()) {
    return Error{fmt::format("--cert and {} belong together", input.key_option)};
  }
  if (input.certificate) {
    settings.certificate = *input.certificate;
    settings.key = *input.key;
    settings.names.clear();
    settings.ocsp.reset();
  }
  if (input.tls) {
    settings.certificate.clear();
    settings.key.clear();
    settings.authority = Authority::lab;
    settings.is_for_this_host = true;
  }
  return {};
}

std::function<void()> places_without_tls(const TlsInput& input, const TlsSettings& settings) {
  return [&input, is_offered = settings.is_offered()] {
    if (is_offered) return;
    for (const auto& place : input.listen) {
      log::warning("without a certificate nobody answers by TLS", {{"address", net::to_string(place)}});
    }
  };
}

Result<std::vector<net::Endpoint>> places_to_listen(const CommonInput& common, const TlsInput& tls,
                                                    const TlsSettings& settings, std::vector<net::Endpoint> configured,
                                                    const UsualPlaces& usual) {
  const auto is_of_lab = common.control.has_value();
  if (!settings.is_offered() && !tls.listen.empty() && !is_of_lab) {
    return Error{fmt::format(
        "--listen-tls needs a certificate: --tls shows one of the lab CA, --cert FILE {} FILE one of your own",
        tls.key_option)};
  }
  auto places = common.listen.empty() ? std::move(configured) : common.listen;
  if (places.empty() && !common.is_handed_in) {
    places.push_back(usual.plain);
    if (usual.besides) places.push_back(*usual.besides);
    if (settings.is_offered() && tls.listen.empty()) places.push_back(usual.secure);
  }
  if (settings.is_offered()) places.insert(places.end(), tls.listen.begin(), tls.listen.end());
  return places;
}

Result<void> check(const TlsSettings& settings) {
  if (!settings.is_offered()) return {};
  return settings.is_made() ? check_names(settings) : check_files(settings);
}

void check(settings::Section& section, const TlsSettings& settings) {
  const auto checked = check(settings);
  if (checked) return;
  const auto& why = checked.error().message;
  if (settings.is_made()) return section.fail("names", why);
  const auto names = [&](const std::filesystem::path& file) { return why.find(file.string()) != why.npos; };
  const auto is_of_key = names(settings.key) && !names(settings.certificate);
  section.fail(is_of_key ? "key" : "certificate", why);
}

Result<net::TlsIdentity> identity_of(const TlsSettings& settings, const std::vector<net::Endpoint>& listening) {
  auto identity = settings.is_made() ? make_identity(settings, listening) : identity_in_files(settings);
  if (!identity) return identity.error();
  const auto [lowest, highest] = std::ranges::minmax(settings.versions);
  identity->version_min = lowest;
  identity->version_max = highest;
  return identity;
}

}  // namespace labnet::service
