// TLS 1.2 and 1.3: what either end is set up with, and what a connection has agreed upon. Stream speaks it.
//
//   const auto server = net::TlsServer::make({.identities = {{"www.crt", "www.key"}}, .protocols = {"http/1.1"}});
//   const auto begun = co_await stream.accept_tls(*server);
//
//   const auto client = net::TlsClient::make({.ca_path = "ca.crt"});
//   const auto begun = co_await stream.connect_tls(*client, "www.lab");
//
// Neither changes once it is made, and all workers may share it. To reload certificates, make another TlsServer and put
// it where new connections look: those that live keep what they began with.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.hpp"
#include "common/net/certificate.hpp"
#include "common/net/key_log.hpp"

struct ssl_ctx_st;  // OpenSSL's, whose headers stay in the .cpp files
struct ssl_session_st;

namespace labnet::net {

enum class TlsVersion { tls_1_2, tls_1_3 };

/// For a client without tickets (RFC 5077) a server keeps the session itself; the oldest goes first.
constexpr std::size_t tls_sessions_max = 4096;
/// Of a handshake message; a chain of certificates is the longest.
constexpr std::size_t tls_certificates_bytes_max = 100 * 1024;

/// Who a server says it is: two files, or what would stand in them.
struct TlsIdentity {
  std::string certificate_path{};  // PEM: the server's own first, then those that lead to its CA
  std::string key_path{};          // PEM, without a passphrase
  /// What clients call it (SNI, RFC 6066, section 3): "ftp.lab"; "*.lab" for one label of any kind.
  /// Empty: the DNS names in the certificate.
  std::vector<std::string> host_names{};
  /// In place of the paths: PEM text, of a certificate that was made for this program's run and is in no file.
  std::string certificate_pem{};
  std::string key_pem{};
  /// Of what the server speaks, what clients get who ask for this one.
  TlsVersion version_min = TlsVersion::tls_1_2;
  TlsVersion version_max = TlsVersion::tls_1_3;
};

struct TlsServerOptions {
  /// At least one. A client that names no host, or one that is not among these, gets the first.
  std::vector<TlsIdentity> identities;
  /// For ALPN (RFC 7301), the preferred first. A client that offers protocols but none of these is refused, one that
  /// offers none is served. Empty: what clients offer is not looked at.
  std::vector<std::string> protocols{};
  TlsVersion version_min = TlsVersion::tls_1_2;
  TlsVersion version_max = TlsVersion::tls_1_3;
  /// How long after its beginning a session may be resumed.
  std::chrono::seconds session_lifetime = std::chrono::hours{2};
  std::shared_ptr<const KeyLog> key_log{};
};

class TlsServer {
 public:
  /// Reads the files. A certificate that has expired, or is not valid yet, is used and told to the log.
  /// faults  a file cannot be read or holds something else; an identity is neither two files nor two texts; a key does
  ///         not belong to its certificate; versions that run backwards, or that the server and an identity do not have
  ///         in common; a name of a protocol that is empty or longer than 255 bytes
  static Result<std::shared_ptr<const TlsServer>> make(const TlsServerOptions& options);

  /// Each identity's own.
  const std::vector<Certificate>& certificates() const { return certificates_; }

 private:
  friend class TlsEngine;
  struct Identity {
    std::shared_ptr<ssl_ctx_st> context;
    Certificate certificate;
  };

  TlsServer() = default;
  Result<Identity> load(const TlsIdentity& identity, const TlsServerOptions& options);
  /// Nothing if no identity has that name. Small letters.
  ssl_ctx_st* find(const std::string& host_name) const;

  std::string protocols_;  // as they travel: each behind its length
  std::shared_ptr<const KeyLog> key_log_;
  std::vector<std::shared_ptr<ssl_ctx_st>> contexts_;
  std::vector<Certificate> certificates_;
  std::map<std::string, ssl_ctx_st*, std::less<>> by_host_name_;
};

struct TlsClientOptions {
  /// PEM, the CAs that are trusted, or single certificates that sign themselves. Empty: the system's CAs
  /// (SSL_CERT_FILE and SSL_CERT_DIR, if set), which are looked up when the first connection needs them and not before.
  std::string ca_path{};
  /// PEM files of CAs that are trusted beside those: the lab's own, for which the system's are not given up. A file
  /// that is not there is passed over: there is no lab CA before something was signed by it.
  std::vector<std::string> also_trusted{};
  /// False: any certificate will do. What is wrong with it is told nevertheless, by TlsDetails::distrust.
  bool must_be_trusted = true;
  std::vector<std::string> protocols{};  // to offer by ALPN, the preferred first
  TlsVersion version_min = TlsVersion::tls_1_2;
  TlsVersion version_max = TlsVersion::tls_1_3;
  std::shared_ptr<const KeyLog> key_log{};
};

class TlsClient {
 public:
  /// faults  a CA file cannot be read or holds none; versions and protocols as above
  static Result<std::shared_ptr<const TlsClient>> make(const TlsClientOptions& options);

 private:
  friend class TlsEngine;

  TlsClient() = default;
  /// With its CAs in place.
  ssl_ctx_st* context() const;

  std::shared_ptr<ssl_ctx_st> context_;
  bool must_be_trusted_ = true;
  bool trusts_system_ = false;
  std::vector<CertificateHandle> also_trusted_;  // wait for the system's
  mutable std::once_flag system_loaded_;
  std::shared_ptr<const KeyLog> key_log_;
};

/// What a server has given a client to resume later (RFC 8446, section 2.2; RFC 5077; RFC 5246, section 7.3): saves a
/// round trip and the certificates. A value that is cheap to copy and good for several connections.
class TlsSession {
 public:
  TlsSession() = default;
  explicit operator bool() const { return session_ != nullptr; }

 private:
  friend class TlsEngine;
  std::shared_ptr<ssl_session_st> session_;
  // It stands for a certificate that was checked: of this host, by this client's rules.
  std::shared_ptr<const TlsClient> client_;
  std::string host_name_;
};

/// What a connection has agreed upon, for people and for reports.
struct TlsDetails {
  TlsVersion version = TlsVersion::tls_1_3;
  std::string cipher;       // "TLS_AES_256_GCM_SHA384", as IANA calls it
  std::string group;        // of the key exchange, "x25519"; empty if TLS 1.2 resumed a session
  std::string protocol;     // by ALPN; empty: none
  std::string server_name;  // by SNI; empty: the client has named none, or something that is no host name
  bool is_resumed = false;
  /// The peer's own first, then what it sent along. A server asks for none, so that only a client has them.
  std::vector<Certificate> peer_certificates;
  /// Who has signed the peer's own: sent along, or trusted by this client. Nothing if nobody of these has, if it signs
  /// itself, or if a resumed session has left it out.
  std::optional<Certificate> issuer;
  std::string distrust;  // of a client whose certificate need not be trusted: why it is not; empty: it is
};

/// "TLS 1.3"
std::string_view to_string(TlsVersion version);

}  // namespace labnet::net
