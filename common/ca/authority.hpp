// The lab's certificate authority: one for each user, made when something first needs it, and the certificates that it
// signs.
//
//   const auto folder = ca::usual_folder();
//   auto authority = ca::Authority::open(*folder);
//   const auto leaf = authority->issue({"ftps.labredes71.com"}, {*parse_ipv4("192.168.1.12")});
//   net::TlsServer::make({.identities = {{.certificate_pem = leaf->certificate_pem, .key_pem = leaf->key_pem}}});
//
// It is meant to be trusted in a browser, and its key is a file. So it vouches for names below a few domains only
// (nameConstraints, RFC 5280, section 4.2.1.10, critical): whoever gets hold of the key can play the lab's servers, and
// not the bank. For another domain there is `labnet ca --renew --domain DOMAIN`. Addresses are not limited: people
// learn to trust names, hardly anything of worth is found by an address alone, and a lab may have any network.
//
// The made-up outside world of a lab has sites under names of the Internet. They have a CA of their own, without
// limits, that lives as long as the lab and is trusted by the lab's hosts alone: make_outside, open_outside.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/address.hpp"
#include "common/base/result.hpp"
#include "common/ca/folder.hpp"
#include "common/ca/names.hpp"
#include "common/ca/signing.hpp"
#include "common/log/clock.hpp"

namespace labnet::ca {

// Of one leaf.
constexpr std::size_t names_max = 100;
constexpr std::size_t addresses_max = 100;
/// Domains that are given to a CA beside the usual ones.
constexpr std::size_t domains_max = 50;

constexpr std::chrono::days authority_lifetime{3652};  // ten years
constexpr std::chrono::days outside_lifetime{397};     // longer than any lab runs
/// Browsers take no leaf that is valid for more than 398 days.
constexpr std::chrono::days leaf_lifetime{397};
/// Certificates begin so long before they are made: clocks differ, and that of a virtual machine may have slept.
constexpr std::chrono::hours clock_tolerance{24};

/// A certificate of a server and its key, in memory only.
struct Leaf {
  std::string certificate_pem;  // its own, then the CA's
  std::string key_pem;
  std::chrono::sys_seconds not_after;
};

class Authority {
 public:
  /// Opens the CA of a folder; if there is none, makes it.
  /// faults  the folder cannot be made, read or written; the CA has expired; its key is another's; it is damaged. Each
  ///         says what to do.
  static Result<Authority> open(const std::filesystem::path& folder, std::chrono::sys_seconds now = seconds_now());

  /// Makes nothing: nothing if there is none.
  static Result<std::optional<Authority>> find(const std::filesystem::path& folder,
                                               std::chrono::sys_seconds now = seconds_now());

  /// A new one in the place of what is there, which need not be whole.
  /// domains  for which it may vouch beside the usual ones
  static Result<Authority> renew(const std::filesystem::path& folder, const std::vector<std::string>& domains = {},
                                 std::chrono::sys_seconds now = seconds_now());

  /// A CA for the outside world of a lab, "labnet outside world CA", which may vouch for any name.
  /// folder  of the lab's own, gone with it
  static Result<Authority> make_outside(const std::filesystem::path& folder,
                                        std::chrono::sys_seconds now = seconds_now());
  /// The one of that folder.
  /// faults  as of `open`; there is none
  static Result<Authority> open_outside(const std::filesystem::path& folder,
                                        std::chrono::sys_seconds now = seconds_now());

  /// A certificate for a server, valid for 397 days but no longer than the CA. Takes about a millisecond.
  /// names      DNS names, "*.web.lab" too, as they are, each once
  /// ocsp_url   where this CA is asked about it, see objection_to_ocsp_url; empty: it names none
  /// faults     no name and no address, or too many; what is no name; a name for which this CA may not vouch
  Result<Leaf> issue(const std::vector<std::string>& names, const std::vector<IpAddress>& addresses,
                     std::chrono::sys_seconds now = seconds_now(), const std::string& ocsp_url = {}) const;

  bool may_vouch_for(std::string_view name) const { return domains_.empty() || is_at_or_below(name, domains_); }
  /// The domains for which it may vouch. Empty for the outside world's and for one that somebody has put there: any.
  const std::vector<std::string>& domains() const { return domains_; }

  std::filesystem::path certificate_path() const { return folder_.certificate(); }
  std::filesystem::path key_path() const { return folder_.key(); }
  /// Its certificate and its key.
  const Issuer& issuer() const { return issuer_; }
  std::string certificate_pem() const { return to_pem(issuer_.certificate); }
  std::string subject() const { return subject_of(issuer_.certificate); }
  std::string sha256() const { return sha256_of(issuer_.certificate); }
  std::chrono::sys_seconds not_before() const { return ca::not_before(issuer_.certificate); }
  std::chrono::sys_seconds not_after() const { return ca::not_after(issuer_.certificate); }

 private:
  Authority(Folder folder, Issuer issuer);
  static Result<Authority> from(const Folder& folder, const Pair& pair, std::chrono::sys_seconds now);

  Folder folder_;
  Issuer issuer_;
  std::vector<std::string> domains_;
};

/// What a new CA takes over from the one in whose place it comes.
struct Former {
  std::string sha256;
  std::vector<std::string> domains;  // that were given to it beside the usual ones
};
/// Expired, without its key: it makes no difference. Nothing if there is no certificate that can be read.
std::optional<Former> find_former(const std::filesystem::path& folder);

/// What is said of a name for which a CA with these domains may not vouch.
std::string not_vouched_for(std::string_view name, const std::vector<std::string>& domains);

}  // namespace labnet::ca
