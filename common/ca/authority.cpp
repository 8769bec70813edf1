#include "common/ca/authority.hpp"

#include <fmt/format.h>
#include <openssl/obj_mac.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "common/base/calendar.hpp"
#include "common/base/text.hpp"
#include "common/log/log.hpp"

namespace labnet::ca {
namespace {

constexpr std::size_t common_name_bytes_max = 64;  // RFC 5280, appendix A: ub-common-name
constexpr std::size_t mark_octets = 3;

/// The machine's own; empty in a host of a lab or a container, whose names come and go.
std::string host_name() {
  constexpr ino_t own_namespace = 0xeffffffe;  // of the machine itself: PROC_UTS_INIT_INO in <linux/proc_ns.h>
  struct stat about {};
  if (::stat("/proc/self/ns/uts", &about) == 0 && about.st_ino != own_namespace) return {};
  std::array<char, 256> name{};
  ::gethostname(name.data(), name.size() - 1);
  return name.data();
}

std::string user_name() {
  // In a namespace, where everybody is root, the environment knows better than the system.
  for (const auto* const variable : {"LOGNAME", "USER"}) {
    if (const auto* const name = std::getenv(variable); name != nullptr && *name != '\0') return name;
  }
  const auto* const entry = ::getpwuid(::geteuid());
  return entry == nullptr ? std::to_string(::geteuid()) : std::string{entry->pw_name};
}

/// "labnet lab CA of sam@laptop (3f2a9c)": in a list of CAs it tells whose it is, and an old one from a new one.
std::string authority_name(const Key& key) {
  const auto mark = fmt::format(" ({})", mark_of(key, mark_octets));
  const auto host = host_name();
  auto name = fmt::format("labnet lab CA of {}{}{}", user_name(), host.empty() ? "" : "@", host);
  std::ranges::replace_if(
      name, [](char c) { return c < ' ' || c > '~'; }, '?');
  name.resize(std::min(name.size(), common_name_bytes_max - mark.size()));
  return name + mark;
}

/// The host's name is the CA's to vouch for if it cannot take in a part of the Internet; see is_private_label.
bool is_own_domain(const std::string& host) {
  return objection_to_name(host).empty() && (host.find('.') != host.npos || is_private_label(host));
}

std::vector<std::string> domains_with(const std::vector<std::string>& more) {
  auto domains = usual_domains();
  const auto add = [&](const std::string& domain) {
    if (!is_at_or_below(domain, domains)) domains.push_back(domain);
  };
  if (const auto host = host_name(); is_own_domain(host)) add(host);
  std::ranges::for_each(more, add);
  return domains;
}

/// domains  none: any
Result<Pair> make_authority(const Key& key, const std::string& name, const std::vector<std::string>& domains,
                            std::chrono::days lifetime, std::chrono::sys_seconds now) {
  const auto begin = now - clock_tolerance;
  Contents contents{
      .common_name = name,
      .key = key,
      .not_before = begin,
      .not_after = begin + lifetime,
      // Besides certificates it signs what OCSP says of them.
      .extensions = {{NID_basic_constraints, "critical,CA:TRUE,pathlen:0"},
                     {NID_key_usage, "critical,digitalSignature,keyCertSign,cRLSign"}},
  };
  if (!domains.empty()) {
    std::vector<std::string> constraints{"critical"};
    for (const auto& domain : domains) constraints.push_back("permitted;DNS:" + domain);
    contents.extensions.emplace_back(NID_name_constraints, join(constraints, ","));
  }
  const auto made = sign(contents, nullptr);
  if (!made) return made.error();
  return Pair{to_pem(*made), to_pem(key)};
}

Result<Pair> make_lab_authority(const std::vector<std::string>& domains, std::chrono::sys_seconds now) {
  const auto key = make_key();
  return make_authority(key, authority_name(key), domains, authority_lifetime, now);
}

Result<Pair> make_outside_authority(std::chrono::sys_seconds now) {
  const auto key = make_key();
  const auto name = fmt::format("labnet outside world CA ({})", mark_of(key, mark_octets));
  return make_authority(key, name, {}, outside_lifetime, now);
}

std::vector<std::string> without_repetition(const std::vector<std::string>& names) {
  std::vector<std::string> unique;
  for (const auto& name : names) {
    const auto is_same = [&](const std::string& other) { return equals_ignoring_case(name, other); };
    if (std::ranges::none_of(unique, is_same)) unique.push_back(name);
  }
  return unique;
}

/// Nobody reads it for the name any more; but it is what people see first.
std::string leaf_name(const std::vector<std::string>& names) {
  const auto fits = [](const std::string& name) { return name.size() <= common_name_bytes_max; };
  const auto found = std::ranges::find_if(names, fits);
  // An address would be taken for a name, for which the CA may not vouch.
  return found == names.end() ? "labnet" : *found;
}

}  // namespace

std::optional<Former> find_former(const std::filesystem::path& folder) {
  const auto text = Folder{folder}.certificate_text();
  const auto certificate = text ? parse_certificate(*text) : nullptr;
  if (!certificate) return std::nullopt;
  Former former{sha256_of(certificate), {}};
  for (const auto& domain : permitted_domains(certificate)) {
    const auto is_own = objection_to_name(domain).empty() && !is_at_or_below(domain, usual_domains());
    if (is_own && former.domains.size() < domains_max) former.domains.push_back(domain);
  }
  return former;
}

std::string not_vouched_for(std::string_view name, const std::vector<std::string>& domains) {
  const auto domain = name.starts_with("*.") ? name.substr(2) : name;
  return fmt::format(
      "the lab CA may not vouch for {}, only for names at or below {}; \"labnet ca --renew --domain {}\" makes one "
      "that "
      "may",
      name, join(domains, ", "), domain);
}

Authority::Authority(Folder folder, Issuer issuer)
    : folder_{std::move(folder)}, issuer_{std::move(issuer)}, domains_{permitted_domains(issuer_.certificate)} {}

Result<Authority> Authority::open(const std::filesystem::path& path, std::chrono::sys_seconds now) {
  const Folder folder{path};
  const auto make = [&]() -> Result<Pair> {
    auto made = make_lab_authority(domains_with({}), now);
    if (made)
      log::info("a lab CA is made; \"labnet ca\" tells how to trust it", {{"file", folder.certificate().string()}});
    return made;
  };
  const auto pair = folder.read_or_make(make);
  if (!pair) return pair.error();
  return from(folder, *pair, now);
}

Result<std::optional<Authority>> Authority::find(const std::filesystem::path& path, std::chrono::sys_seconds now) {
  const Folder folder{path};
  const auto pair = folder.read();
  if (!pair) return pair.error();
  if (!*pair) return std::nullopt;
  auto found = from(folder, **pair, now);
  if (!found) return found.error();
  return std::optional{*std::move(found)};
}

Result<Authority> Authority::renew(const std::filesystem::path& path, const std::vector<std::string>& domains,
                                   std::chrono::sys_seconds now) {
  if (domains.size() > domains_max) return Error{fmt::format("expected at most {} domains", domains_max)};
  for (const auto& domain : domains) {
    const auto objection = objection_to_name(domain);
    if (domain.starts_with('*')) return Error{domain, ": expected a domain, below which all names are then allowed"};
    if (!objection.empty()) return Error{"\"", domain, "\": ", objection};
  }
  const auto made = make_lab_authority(domains_with(domains), now);
  if (!made) return made.error();
  const Folder folder{path};
  if (const auto replaced = folder.replace(*made); !replaced) return replaced.error();
  return from(folder, *made, now);
}

Result<Authority> Authority::make_outside(const std::filesystem::path& path, std::chrono::sys_seconds now) {
  const auto made = make_outside_authority(now);
  if (!made) return made.error();
  const Folder folder{path, outside_role};
  if (const auto written = folder.replace(*made); !written) return written.error();
  return from(folder, *made, now);
}

Result<Authority> Authority::open_outside(const std::filesystem::path& path, std::chrono::sys_seconds now) {
  const Folder folder{path, outside_role};
  const auto pair = folder.read();
  if (!pair) return pair.error();
  if (!*pair) {
    return Error{"there is no outside CA in ",
                 path.string(),
                 "; set ",
                 outside_role.variable,
                 " to a folder with ca.crt and ca.key, or ",
                 outside_role.remedy};
  }
  return from(folder, **pair, now);
}

Result<Authority> Authority::from(const Folder& folder, const Pair& pair, std::chrono::sys_seconds now) {
  const auto at_certificate = folder.certificate().string();
  const auto at_key = folder.key().string();
  const auto name = folder.role().name;
  const auto remedy = folder.role().remedy;
  auto certificate = parse_certificate(pair.certificate);
  if (!certificate) {
    return Error{name, "'s certificate ", at_certificate, " is damaged; put it back, or ", remedy};
  }
  auto key = parse_key(pair.key);
  if (!key) {
    return Error{name, "'s key ", at_key, " is damaged, or a passphrase protects it; put it back without one, or ",
                 remedy};
  }
  if (!belong_together(certificate, key)) {
    return Error{
        name,  "'s key ", at_key, " is not that of its certificate ", at_certificate, "; put the right one back, or ",
        remedy};
  }
  if (!is_authority(certificate)) {
    return Error{at_certificate, " is not the certificate of a CA; put that of ", name, " there, or ", remedy};
  }
  if (now > ca::not_after(certificate)) {
    return Error{
        name, " ",   at_certificate, " has expired: it was valid until ", date_text(ca::not_after(certificate)),
        "; ", remedy};
  }
  if (now < ca::not_before(certificate)) {
    return Error{name,
                 " ",
                 at_certificate,
                 " is not valid before ",
                 date_text(ca::not_before(certificate)),
                 "; set the clock right, or ",
                 remedy};
  }
  return Authority{folder, {std::move(certificate), std::move(key)}};
}

Result<Leaf> Authority::issue(const std::vector<std::string>& names, const std::vector<IpAddress>& addresses,
                              std::chrono::sys_seconds now, const std::string& ocsp_url) const {
  if (names.empty() && addresses.empty()) return Error{"a certificate needs a name or an address that it is for"};
  if (names.size() > names_max) return Error{fmt::format("a certificate holds at most {} names", names_max)};
  if (addresses.size() > addresses_max)
    return Error{fmt::format("a certificate holds at most {} addresses", addresses_max)};
  for (const auto& name : names) {
    if (const auto objection = objection_to_name(name); !objection.empty()) return Error{"\"", name, "\": ", objection};
    if (!may_vouch_for(name)) return Error{not_vouched_for(name, domains_)};
  }
  if (!ocsp_url.empty()) {
    const auto objection = objection_to_ocsp_url(ocsp_url);
    if (!objection.empty()) return Error{"\"", ocsp_url, "\": ", objection};
  }
  const auto begin = std::max(now - clock_tolerance, not_before());
  const auto key = make_key();
  const auto unique_names = without_repetition(names);
  const auto made =
      sign({.common_name = leaf_name(unique_names),
            .key = key,
            .not_before = begin,
            .not_after = std::min(begin + leaf_lifetime - std::chrono::seconds{1}, not_after()),  // both ends count
            .extensions = {{NID_basic_constraints, "critical,CA:FALSE"},
                           {NID_key_usage, "critical,digitalSignature"},
                           {NID_ext_key_usage, "serverAuth"}},
            .names = unique_names,
            .addresses = addresses,
            .ocsp_url = ocsp_url},
           &issuer_);
  if (!made) return made.error();
  return Leaf{to_pem(*made) + certificate_pem(), to_pem(key), ca::not_after(*made)};
}

}  // namespace labnet::ca
