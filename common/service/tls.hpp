// What every service with TLS is told in the same words: whose certificate it shows, and where it answers by TLS.
//
//   tls: { certificate: www.crt, key: www.key }       its own, from files
//   tls: { names: [ftps.labredes71.com] }             one of the lab CA, made when the service starts
//   tls: { names: [www.youtube.com], authority: outside, ocsp: "http://ocsp.example/", versions: [1.2] }
//
//   --cert FILE --key FILE     --tls     --listen-tls [PROTO://]ADDR:PORT
//
// A server keeps TlsSettings in its Config, calls check() for `--check`, and identity_of() when it starts and at each
// reload: files are read again, a certificate of a CA is made again.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "common/ca/authority.hpp"
#include "common/net/endpoint.hpp"
#include "common/net/tls.hpp"
#include "common/program/options.hpp"
#include "common/service/options.hpp"
#include "common/settings/document.hpp"

namespace labnet::service {

/// Whose certificate is made for `names`.
enum class Authority {
  lab,     // the user's CA: for names below a few domains, and for the addresses where the service listens
  outside  // that of a lab's made-up outside world: for any name, and for nothing but `names`
};

struct TlsSettings {
  std::filesystem::path certificate, key;  // PEM
  std::vector<std::string> names;          // host names and addresses for a certificate that a CA makes
  Authority authority = Authority::lab;
  std::optional<std::string> ocsp;  // URL in such a certificate: where its CA is asked about it
  /// 1.2, 1.3 or both.
  std::vector<net::TlsVersion> versions{net::TlsVersion::tls_1_2, net::TlsVersion::tls_1_3};
  /// A certificate of the lab CA for this machine: for localhost and the host's name, beside `names`.
  bool is_for_this_host = false;

  /// By a CA, when the service starts.
  bool is_made() const { return is_for_this_host || !names.empty(); }
  /// Without a certificate a service does without TLS.
  bool is_offered() const { return is_made() || !certificate.empty(); }
};

/// Keys `certificate`, `key`, `names`, `authority`, `ocsp` and `versions` of a section `tls`, in which a server may
/// have keys of its own.
void read_tls(settings::Section& section, TlsSettings& settings);

struct TlsInput {
  bool tls = false;
  std::optional<std::string> certificate, key;
  std::vector<net::Endpoint> listen;  // by TLS from the first byte on
  std::string key_option = "--key";   // what the service calls it
};

/// listen_kind  of the service's --listen
/// secure       its scheme with TLS from the first byte on: "ftps"; what --listen-tls gives has it
/// key_option   of the certificate's key, where the service has other keys that are called --key
void declare(program::Options& options, TlsInput& input, const Kind<net::Endpoint>& listen_kind,
             const std::string& secure, const std::string& key_option = "--key");

/// Puts what the command line says over what the file says.
/// faults  wrong usage, as a sentence
Result<void> apply(const TlsInput& input, TlsSettings& settings);

/// What says in the log at which places nobody answers since there is no certificate: Start::say_first.
/// input  outlives it
std::function<void()> places_without_tls(const TlsInput& input, const TlsSettings& settings);

/// Where a service answers if nobody says anything.
struct UsualPlaces {
  net::Endpoint plain, secure;             // the second one only with a certificate
  std::optional<net::Endpoint> besides{};  // another one that needs none
};

/// Where a service answers: at what --listen says, else the configuration, else at what is usual, unless sockets were
/// handed in; and at what --listen-tls says, if there is a certificate. A lab says that of each service, whether it has
/// a certificate or not.
/// faults  --listen-tls without a certificate in a service that somebody starts by hand: wrong usage, as a sentence
Result<std::vector<net::Endpoint>> places_to_listen(const CommonInput& common, const TlsInput& tls,
                                                    const TlsSettings& settings, std::vector<net::Endpoint> configured,
                                                    const UsualPlaces& usual);

/// Whether identity_of will do, as far as that can be said without making a CA or a certificate, and without a lab that
/// runs.
Result<void> check(const TlsSettings& settings);
/// The same of what read_tls has read: the fault stands at the key that is wrong.
void check(settings::Section& section, const TlsSettings& settings);

/// The certificate and its key. One of the lab CA is for the addresses where the service listens, too: for those of all
/// interfaces if it listens at 0.0.0.0 or [::].
/// listening  the service's own places, and those of sockets that were handed in
/// faults     whatever the CA or the files have; there is no outside CA here
Result<net::TlsIdentity> identity_of(const TlsSettings& settings, const std::vector<net::Endpoint>& listening);

}  // namespace labnet::service
