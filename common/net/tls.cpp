#include "common/net/tls.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>

#include "common/base/text.hpp"
#include "common/log/log.hpp"
#include "common/net/tls_engine.hpp"

namespace labnet::net {
namespace {

// Forward secrecy and authenticated encryption only (RFC 9325, section 4.2). All suites of TLS 1.3 are such.
constexpr const char* ciphers_of_tls_1_2 = "ECDHE+AESGCM:ECDHE+CHACHA20";

int to_number(TlsVersion version) {
  return version == TlsVersion::tls_1_2 ? TLS1_2_VERSION : TLS1_3_VERSION;
}

Error openssl_error(std::string_view what) {
  const auto* const reason = ERR_reason_error_string(ERR_peek_last_error());
  ERR_clear_error();
  return {what, ": ", reason == nullptr ? "OpenSSL gives no reason" : reason};
}

Result<std::shared_ptr<SSL_CTX>> make_context(const SSL_METHOD* method, TlsVersion version_min,
                                              TlsVersion version_max) {
  if (version_min > version_max) {
    return Error{"no TLS version is left: at least ", to_string(version_min), " and at most ", to_string(version_max),
                 " are asked for"};
  }
  ERR_clear_error();
  std::shared_ptr<SSL_CTX> context{SSL_CTX_new(method), SSL_CTX_free};
  if (!context || SSL_CTX_set_cipher_list(context.get(), ciphers_of_tls_1_2) != 1 ||
      SSL_CTX_set_min_proto_version(context.get(), to_number(version_min)) != 1 ||
      SSL_CTX_set_max_proto_version(context.get(), to_number(version_max)) != 1) {
    return openssl_error("TLS cannot be set up");
  }
  SSL_CTX_set_options(context.get(), SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE |
                                         SSL_OP_PRIORITIZE_CHACHA);
  SSL_CTX_set_mode(context.get(),
                   SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
  // A peer that sends nothing but handshake messages (RFC 8446, section 4.6.3) keeps a read busy no longer than one
  // buffer lasts; then others have their turn.
  SSL_CTX_clear_mode(context.get(), SSL_MODE_AUTO_RETRY);
  // Each resumed connection gets its own again; a second costs every handshake the encryption of one more.
  SSL_CTX_set_num_tickets(context.get(), 1);
  SSL_CTX_set_read_ahead(context.get(), 1);  // one recv takes whole records, not first a header of five bytes
  SSL_CTX_set_max_cert_list(context.get(), static_cast<long>(tls_certificates_bytes_max));
  return context;
}

Result<std::string> protocols_on_the_wire(const std::vector<std::string>& protocols) {
  constexpr std::size_t protocol_bytes_max = 255;  // RFC 7301, section 3.1
  std::string wire;
  for (const auto& protocol : protocols) {
    if (protocol.empty() || protocol.size() > protocol_bytes_max) {
      return Error{"\"", protocol, "\" is no protocol for ALPN; expected 1 to 255 bytes, such as http/1.1"};
    }
    wire += static_cast<char>(protocol.size());
    wire += protocol;
  }
  return wire;
}

/// How faults and warnings call an identity: after its files.
struct Sources {
  std::string certificate, key;
};

Result<Sources> sources_of(const TlsIdentity& identity) {
  const auto is_in_files = !identity.certificate_path.empty() && !identity.key_path.empty();
  const auto is_in_text = !identity.certificate_pem.empty() && !identity.key_pem.empty();
  const auto has_path = !identity.certificate_path.empty() || !identity.key_path.empty();
  const auto has_text = !identity.certificate_pem.empty() || !identity.key_pem.empty();
  if (is_in_files && !has_text) return Sources{identity.certificate_path, identity.key_path};
  if (is_in_text && !has_path) return Sources{"in memory", "in memory"};
  return Error{"a TLS server needs a certificate and a key; give it both as files, or both as text"};
}

Result<std::vector<CertificateHandle>> chain_of(const TlsIdentity& identity, const Sources& sources) {
  if (!identity.certificate_path.empty()) return load_certificates(identity.certificate_path, "certificate");
  return parse_certificates(identity.certificate_pem, "certificate", sources.certificate);
}

Result<KeyHandle> key_of(const TlsIdentity& identity, const Sources& sources) {
  if (!identity.key_path.empty()) return load_key(identity.key_path);
  return parse_key(identity.key_pem, sources.key);
}

void warn_of_time(const Certificate& certificate, const std::string& path) {
  const auto now = std::chrono::system_clock::now();
  if (now > certificate.not_after) {
    log::warning("a certificate has expired, and clients will refuse it",
                 {{"file", path}, {"subject", certificate.subject}, {"until", date_text(certificate.not_after)}});
  } else if (now < certificate.not_before) {
    log::warning("a certificate is not valid yet, and clients will refuse it",
                 {{"file", path}, {"subject", certificate.subject}, {"from", date_text(certificate.not_before)}});
  }
}

Result<void> use_identity(SSL_CTX* context, const std::vector<CertificateHandle>& chain, const KeyHandle& key,
                          const Sources& sources) {
  const auto belongs = [&](const CertificateHandle& one) { return X509_check_private_key(one.get(), key.get()) == 1; };
  const auto own = std::ranges::find_if(chain, belongs);
  ERR_clear_error();  // those that it does not belong to
  if (own == chain.end()) {
    return Error{"the key ", sources.key, " does not belong to the certificate ", sources.certificate,
                 "; give the one that the certificate was made for"};
  }
  if (own != chain.begin()) {
    return Error{"the certificate that the key ", sources.key, " belongs to is not the first in ", sources.certificate,
                 "; put it first, and those that lead to its CA after it"};
  }
  ERR_clear_error();
  bool is_well = SSL_CTX_use_certificate(context, chain.front().get()) == 1;
  for (auto next = chain.begin() + 1; is_well && next != chain.end(); ++next) {
    is_well = SSL_CTX_add1_chain_cert(context, next->get()) == 1;
  }
  if (!is_well || SSL_CTX_use_PrivateKey(context, key.get()) != 1) {
    return openssl_error("the certificate " + sources.certificate + " cannot be used");
  }
  return {};
}

/// SSL_CERT_DIR, if set, as OpenSSL itself does.
const char* directory_of_system() {
  const auto* const own = std::getenv(X509_get_default_cert_dir_env());
  return own == nullptr ? X509_get_default_cert_dir() : own;
}

/// One for all clients: reading it takes longer than anything else that a client does.
X509_STORE* system_store() {
  static X509_STORE* const store = [] {
    auto* const made = X509_STORE_new();
    X509_STORE_set_default_paths(made);
    return made;
  }();
  return store;
}

/// The system's CAs and some more, in a store of one client's own: the system's, once read, are shared, not read again.
X509_STORE* system_store_and(const std::vector<CertificateHandle>& more) {
  auto* const store = X509_STORE_new();
  X509_STORE_load_path(store, directory_of_system());  // where certificates are looked up one by one, by name
  auto* const shared = X509_STORE_get1_all_certs(system_store());
  for (int i = 0; i < sk_X509_num(shared); ++i) X509_STORE_add_cert(store, sk_X509_value(shared, i));
  sk_X509_pop_free(shared, X509_free);
  for (const auto& one : more) X509_STORE_add_cert(store, one.get());
  return store;
}

/// Of those files that are there.
Result<std::vector<CertificateHandle>> load_also_trusted(const std::vector<std::string>& paths) {
  std::vector<CertificateHandle> all;
  for (const auto& path : paths) {
    if (::access(path.c_str(), F_OK) != 0 && errno == ENOENT) continue;
    const auto some = load_certificates(path, "CA file");
    if (!some) return some.error();
    all.insert(all.end(), some->begin(), some->end());
  }
  return all;
}

}  // namespace

std::string_view to_string(TlsVersion version) {
  return version == TlsVersion::tls_1_2 ? "TLS 1.2" : "TLS 1.3";
}

Result<std::shared_ptr<const TlsServer>> TlsServer::make(const TlsServerOptions& options) {
  if (options.identities.empty()) return Error{"a TLS server needs a certificate and a key; give it both"};
  auto protocols = protocols_on_the_wire(options.protocols);
  if (!protocols) return protocols.error();

  std::shared_ptr<TlsServer> made{new TlsServer};
  made->protocols_ = std::move(*protocols);
  made->key_log_ = options.key_log;
  for (const auto& identity : options.identities) {
    auto loaded = made->load(identity, options);
    if (!loaded) return loaded.error();
    auto& [context, certificate] = *loaded;
    // The first of those that claim a name has it.
    const auto& host_names = identity.host_names.empty() ? certificate.names : identity.host_names;
    for (const auto& name : host_names) made->by_host_name_.emplace(to_lower(name), context.get());
    made->contexts_.push_back(std::move(context));
    made->certificates_.push_back(std::move(certificate));
  }
  return std::shared_ptr<const TlsServer>{std::move(made)};
}

Result<TlsServer::Identity> TlsServer::load(const TlsIdentity& identity, const TlsServerOptions& options) {
  const auto sources = sources_of(identity);
  if (!sources) return sources.error();
  const auto chain = chain_of(identity, *sources);
  if (!chain) return chain.error();
  const auto key = key_of(identity, *sources);
  if (!key) return key.error();
  auto context = make_context(TLS_server_method(), std::max(options.version_min, identity.version_min),
                              std::min(options.version_max, identity.version_max));
  if (!context) return context.error();
  const auto used = use_identity(context->get(), *chain, *key, *sources);
  if (!used) return used.error();

  SSL_CTX_set_session_cache_mode(context->get(), SSL_SESS_CACHE_SERVER);
  SSL_CTX_sess_set_cache_size(context->get(), tls_sessions_max);
  SSL_CTX_set_timeout(context->get(), static_cast<long>(options.session_lifetime.count()));
  // All contexts keep their sessions with the first, which takes the client's first words. Each marks its own, so that
  // what began with one host is not resumed as another (RFC 6066, section 3).
  const auto mark = std::to_string(contexts_.size());
  SSL_CTX_set_session_id_context(context->get(), reinterpret_cast<const unsigned char*>(mark.data()),
                                 static_cast<unsigned>(mark.size()));
  TlsEngine::install(context->get(), *this);

  auto certificate = to_certificate(*chain->front());
  warn_of_time(certificate, sources->certificate);
  return Identity{std::move(*context), std::move(certificate)};
}

ssl_ctx_st* TlsServer::find(const std::string& host_name) const {
  auto found = by_host_name_.find(host_name);
  if (const auto dot = host_name.find('.'); found == by_host_name_.end() && dot != host_name.npos) {
    found = by_host_name_.find(std::string{"*"}.append(host_name, dot));
  }
  return found == by_host_name_.end() ? nullptr : found->second;
}

Result<std::shared_ptr<const TlsClient>> TlsClient::make(const TlsClientOptions& options) {
  const auto protocols = protocols_on_the_wire(options.protocols);
  if (!protocols) return protocols.error();
  auto context = make_context(TLS_client_method(), options.version_min, options.version_max);
  if (!context) return context.error();

  std::shared_ptr<TlsClient> made{new TlsClient};
  made->context_ = std::move(*context);
  made->must_be_trusted_ = options.must_be_trusted;
  made->trusts_system_ = options.ca_path.empty() && options.must_be_trusted;
  made->key_log_ = options.key_log;
  auto* const raw = made->context_.get();
  if (!options.ca_path.empty()) {
    const auto authorities = load_certificates(options.ca_path, "CA file");
    if (!authorities) return authorities.error();
    for (const auto& one : *authorities) X509_STORE_add_cert(SSL_CTX_get_cert_store(raw), one.get());
  }
  auto also_trusted = load_also_trusted(options.also_trusted);
  if (!also_trusted) return also_trusted.error();
  if (made->trusts_system_) {
    made->also_trusted_ = *std::move(also_trusted);
  } else {
    for (const auto& one : *also_trusted) X509_STORE_add_cert(SSL_CTX_get_cert_store(raw), one.get());
  }
  // Whoever gives a server's own certificate, or an intermediate one, trusts it without its CA.
  X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(raw), X509_V_FLAG_PARTIAL_CHAIN);
  if (!protocols->empty()) {
    SSL_CTX_set_alpn_protos(raw, reinterpret_cast<const unsigned char*>(protocols->data()),
                            static_cast<unsigned>(protocols->size()));
  }
  SSL_CTX_set_session_cache_mode(raw, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  TlsEngine::install(raw, *made);
  return std::shared_ptr<const TlsClient>{std::move(made)};
}

ssl_ctx_st* TlsClient::context() const {
  if (trusts_system_) {
    std::call_once(system_loaded_, [this] {
      if (also_trusted_.empty()) return SSL_CTX_set1_cert_store(context_.get(), system_store());
      SSL_CTX_set_cert_store(context_.get(), system_store_and(also_trusted_));
    });
  }
  return context_.get();
}

}  // namespace labnet::net
