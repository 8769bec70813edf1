#include "common/net/tls_engine.hpp"

#include <openssl/err.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "common/base/text.hpp"
#include "common/net/receive_now.hpp"

namespace labnet::net {
namespace {

constexpr std::size_t record_bytes_max = SSL3_RT_MAX_PLAIN_LENGTH;  // 16 KiB: RFC 8446, section 5.1
constexpr std::size_t bytes_per_write_max = 3 * record_bytes_max;   // encrypted they still fit tls_output_bytes_max
constexpr std::size_t host_name_bytes_max = 255;

Attempt done(std::size_t bytes) {
  return {Attempt::Step::done, bytes, {}};
}

/// Pieces, one after the other, as far as `room` holds them.
Bytes gather(std::span<const Bytes> pieces, std::size_t skip, std::span<std::byte> room) {
  std::size_t size = 0;
  for (const auto& whole : pieces) {
    const auto piece = whole.subspan(std::exchange(skip, 0));
    const auto count = std::min(piece.size(), room.size() - size);
    std::copy_n(piece.begin(), count, room.begin() + static_cast<std::ptrdiff_t>(size));
    size += count;
    if (size == room.size()) break;
  }
  return room.first(size);
}

std::size_t size_of(std::span<const Bytes> pieces) {
  std::size_t size = 0;
  for (const auto& piece : pieces) size += piece.size();
  return size;
}

/// A host name holds visible ASCII only; what else a client may send is for no log and no certificate.
bool is_visible(std::string_view name) {
  return std::ranges::all_of(name, [](char c) { return c > ' ' && c < '\x7f'; });
}

/// The first name of the extension "server_name" (RFC 6066, section 3), in small letters; empty if there is none.
std::string asked_host_name(SSL* ssl) {
  const unsigned char* data = nullptr;
  std::size_t size = 0;
  if (SSL_client_hello_get0_ext(ssl, TLSEXT_TYPE_server_name, &data, &size) != 1) return {};
  ByteReader reader{std::as_bytes(std::span{data, size})};
  reader.u16();  // the length of the list
  const auto type = reader.u8();
  const auto name_bytes = reader.u16();
  if (type != TLSEXT_NAMETYPE_host_name || !name_bytes || *name_bytes > host_name_bytes_max) return {};
  const auto name = reader.take(*name_bytes);
  return name && is_visible(as_text(*name)) ? to_lower(as_text(*name)) : std::string{};
}

std::string failure_text(unsigned long error) {
  const auto reason = ERR_GET_REASON(error);
  if (ERR_GET_LIB(error) == ERR_LIB_SSL) {
    if (reason > SSL_AD_REASON_OFFSET) {
      const auto* const alert = SSL_alert_desc_string_long(reason - SSL_AD_REASON_OFFSET);
      return std::string{"the peer refuses with the TLS alert \""} + alert + "\"";
    }
    switch (reason) {
      case SSL_R_WRONG_VERSION_NUMBER:
      case SSL_R_HTTP_REQUEST:
      case SSL_R_HTTPS_PROXY_REQUEST:
      case SSL_R_UNEXPECTED_MESSAGE:
      case SSL_R_RECORD_LENGTH_MISMATCH:
      case SSL_R_PACKET_LENGTH_TOO_LONG:
        return "what the peer sends is not TLS";
      case SSL_R_UNSUPPORTED_PROTOCOL:
      case SSL_R_VERSION_TOO_LOW:
        return "the peer speaks no version of TLS that is allowed here";
      case SSL_R_NO_SHARED_CIPHER:
        return "the peer has no cipher suite that is allowed here";
      case SSL_R_NO_APPLICATION_PROTOCOL:
        return "the peer offers no application protocol that is spoken here";
      default:
        break;
    }
  }
  const auto* const text = ERR_reason_error_string(error);
  return std::string{"TLS failed: "} + (text == nullptr ? "OpenSSL gives no reason" : text);
}

bool have_same_secret(const SSL* a, const SSL* b) {
  using Secret = std::array<unsigned char, SSL_MAX_MASTER_KEY_LENGTH>;
  Secret first{}, second{};
  const auto size = SSL_SESSION_get_master_key(SSL_get_session(a), first.data(), first.size());
  SSL_SESSION_get_master_key(SSL_get_session(b), second.data(), second.size());
  const bool same = size > 0 && first == second;
  OPENSSL_cleanse(first.data(), first.size());
  OPENSSL_cleanse(second.data(), second.size());
  return same;
}

std::optional<asio::ip::address> to_address(const std::string& host_name) {
  boost::system::error_code error;
  const auto address = asio::ip::make_address(host_name, error);
  if (error) return std::nullopt;
  return address;
}

/// Takes the certificate, the functions and, by these words of its own, the versions of another context. What else a
/// connection has taken over from the first one stays: options, modes and limits, which all contexts have alike.
bool use_context(SSL* ssl, SSL_CTX* context) {
  return SSL_set_SSL_CTX(ssl, context) != nullptr &&
         SSL_set_min_proto_version(ssl, static_cast<int>(SSL_CTX_get_min_proto_version(context))) == 1 &&
         SSL_set_max_proto_version(ssl, static_cast<int>(SSL_CTX_get_max_proto_version(context))) == 1;
}

bool expect_host(SSL* ssl, const std::string& host_name) {
  auto* const param = SSL_get0_param(ssl);
  const auto address = to_address(host_name);
  if (!address) {
    X509_VERIFY_PARAM_set_hostflags(param, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    return X509_VERIFY_PARAM_set1_host(param, host_name.data(), host_name.size()) == 1 &&
           SSL_set_tlsext_host_name(ssl, host_name.c_str()) == 1;
  }
  // Addresses are not for SNI: RFC 6066, section 3.
  if (address->is_v4()) {
    const auto octets = address->to_v4().to_bytes();
    return X509_VERIFY_PARAM_set1_ip(param, octets.data(), octets.size()) == 1;
  }
  const auto octets = address->to_v6().to_bytes();
  return X509_VERIFY_PARAM_set1_ip(param, octets.data(), octets.size()) == 1;
}

}  // namespace

std::unique_ptr<TlsEngine> TlsEngine::accept(LoopSocket& socket, std::shared_ptr<const TlsServer> server,
                                             bool gives_sessions) {
  std::unique_ptr<TlsEngine> made{new TlsEngine{socket, server->contexts_.front().get(), server->key_log_.get()}};
  if (!made->ssl_) return nullptr;
  made->server_ = std::move(server);
  if (!gives_sessions) SSL_set_num_tickets(made->ssl_.get(), 0);
  SSL_set_accept_state(made->ssl_.get());
  return made;
}

std::unique_ptr<TlsEngine> TlsEngine::connect(LoopSocket& socket, std::shared_ptr<const TlsClient> client,
                                              std::string host_name, const TlsSession& session) {
  std::unique_ptr<TlsEngine> made{new TlsEngine{socket, client->context(), client->key_log_.get()}};
  if (!made->ssl_) return nullptr;
  made->client_ = std::move(client);
  SSL_set_connect_state(made->ssl_.get());
  if (host_name.ends_with('.')) host_name.pop_back();  // of the DNS, and nowhere in a certificate
  if (!made->expect(host_name, session)) return nullptr;
  return made;
}

TlsEngine::TlsEngine(LoopSocket& socket, SSL_CTX* context, const KeyLog* key_log)
    : socket_{socket}, key_log_{key_log}, ssl_{SSL_new(context)} {
  auto* const bio = BIO_new(socket_method());
  if (!ssl_ || bio == nullptr) {
    BIO_free(bio);
    ssl_.reset();
    return;
  }
  BIO_set_data(bio, this);
  BIO_set_init(bio, 1);
  SSL_set_bio(ssl_.get(), bio, bio);
  SSL_set_app_data(ssl_.get(), this);
}

TlsEngine::~TlsEngine() {
  // A session stays good though its connection ended without a word (RFC 5246, section 7.2.1). OpenSSL would drop it.
  if (ssl_ && failure_.empty()) SSL_set_shutdown(ssl_.get(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
}

bool TlsEngine::expect(const std::string& host_name, const TlsSession& session) {
  host_name_ = to_lower(host_name);
  if (host_name_.empty()) return !client_->must_be_trusted_;
  if (!expect_host(ssl_.get(), host_name_)) return false;
  if (!session || session.client_ != client_ || session.host_name_ != host_name_) return true;
  // A copy: OpenSSL marks a session of TLS 1.3 as used up, though a ticket may be good for several connections.
  const std::unique_ptr<SSL_SESSION, decltype(&SSL_SESSION_free)> copy{SSL_SESSION_dup(session.session_.get()),
                                                                       SSL_SESSION_free};
  SSL_set_session(ssl_.get(), copy.get());  // which takes a share of it
  return true;
}

Attempt TlsEngine::shake_hands() {
  if (write_fault_) return Attempt::failed(*write_fault_);
  ERR_clear_error();
  gathers_ = true;
  const auto result = SSL_do_handshake(ssl_.get());
  gathers_ = false;
  auto attempt = result == 1 ? done(0) : attempt_of(result, write_fault_);
  holds_tickets_ = server_ && attempt.step == Attempt::Step::done && SSL_version(ssl_.get()) >= TLS1_3_VERSION;
  if (attempt.step != Attempt::Step::failed && !holds_tickets_) {
    const auto flushed = flush();
    if (flushed.step != Attempt::Step::done) attempt = flushed;
  }
  if (attempt.step == Attempt::Step::failed) {
    flush();  // the alert that says why
    give_up(attempt.fault);
  }
  if (attempt.step == Attempt::Step::done) is_established_ = true;
  return attempt;
}

Attempt TlsEngine::read(std::span<std::byte> buffer) {
  if (read_fault_) return Attempt::failed(*read_fault_);
  std::size_t total = 0;
  do {
    std::size_t count = 0;
    ERR_clear_error();
    const auto result = SSL_read_ex(ssl_.get(), buffer.data() + total, buffer.size() - total, &count);
    if (result != 1) {
      const auto attempt = attempt_of(result, read_fault_);
      if (std::exchange(holds_tickets_, false)) flush();  // what the socket does not take goes out with the next write
      if (total == 0) return attempt;
      break;  // a fault is kept for the next read
    }
    total += count;
  } while (total < buffer.size() && SSL_has_pending(ssl_.get()) == 1);
  return done(total);
}

Attempt TlsEngine::write(std::span<const Bytes> pieces, std::size_t skip) {
  if (write_fault_) return Attempt::failed(*write_fault_);
  const bool has_tickets_in_front = std::exchange(holds_tickets_, false) && output_.size() < record_bytes_max;
  auto attempt = has_tickets_in_front ? done(0) : flush();
  if (attempt.step != Attempt::Step::done) return attempt;
  if (bytes_in_output_ > 0) return done(std::exchange(bytes_in_output_, 0));

  // Small pieces share a record, and the records of a large one go out by one system call.
  std::array<std::byte, record_bytes_max> room;
  auto rest = pieces.front().subspan(skip);
  if (rest.size() < record_bytes_max && pieces.size() > 1) rest = gather(pieces, skip, room);
  rest = rest.first(std::min(rest.size(), bytes_per_write_max));
  if (rest.size() > record_bytes_max) output_.reserve(tls_output_bytes_max);  // else each record moves those before it
  std::size_t total = 0;
  const bool is_end = ends_with_write_ && rest.size() == size_of(pieces) - skip;
  gathers_ = has_tickets_in_front || is_end || rest.size() > record_bytes_max;
  while (total < rest.size()) {
    std::size_t count = 0;
    ERR_clear_error();
    const auto record = rest.subspan(total, std::min(rest.size() - total, record_bytes_max));
    const auto result = SSL_write_ex(ssl_.get(), record.data(), record.size(), &count);
    if (result != 1) {
      gathers_ = false;
      attempt = attempt_of(result, write_fault_);
      if (total == 0) return attempt;
      break;  // what is encrypted already goes out first
    }
    total += count;
  }
  if (is_end && total == rest.size()) SSL_shutdown(ssl_.get());  // a fault comes again with send_close_notify
  gathers_ = false;

  attempt = flush();
  if (attempt.step == Attempt::Step::done) return done(total);
  bytes_in_output_ = total;
  return attempt;
}

Attempt TlsEngine::send_close_notify() {
  if (!is_established_ || write_fault_) return Attempt::failed(write_fault_.value_or(StreamFault::not_possible));
  if (SSL_in_init(ssl_.get()) == 1) {  // a ticket, or new keys, still have to go out
    const auto attempt = shake_hands();
    if (attempt.step != Attempt::Step::done) return attempt;
  }
  const auto attempt = flush();
  // A second call of SSL_shutdown would wait for the peer's word.
  if (attempt.step != Attempt::Step::done || (SSL_get_shutdown(ssl_.get()) & SSL_SENT_SHUTDOWN) != 0) return attempt;
  ERR_clear_error();
  const auto result = SSL_shutdown(ssl_.get());
  return result >= 0 ? flush() : attempt_of(result, write_fault_);
}

Attempt TlsEngine::flush() {
  while (output_sent_ < output_.size()) {
    const auto rest = std::span{output_}.subspan(output_sent_);
    const auto count = ::send(socket_.descriptor(), rest.data(), rest.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    const auto attempt = Attempt::of(count, Attempt::Step::wait_to_write);
    if (attempt.step == Attempt::Step::failed) write_fault_ = attempt.fault;
    if (attempt.step != Attempt::Step::done) return attempt;
    output_sent_ += attempt.bytes;
  }
  output_ = {};
  output_sent_ = 0;
  return done(0);
}

Attempt TlsEngine::attempt_of(int result, std::optional<StreamFault>& fault) {
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ:
      return {Attempt::Step::wait_to_read, 0, {}};
    case SSL_ERROR_WANT_WRITE:
      return {Attempt::Step::wait_to_write, 0, {}};
    case SSL_ERROR_ZERO_RETURN:
      fault = StreamFault::closed;
      break;
    case SSL_ERROR_SYSCALL:
      if (socket_has_ended_) {
        fault = is_established_ ? StreamFault::truncated : StreamFault::closed;
      } else {
        fault = to_fault({socket_error_, boost::system::system_category()});
      }
      break;
    default:
      return attempt_failed_by_tls();
  }
  return Attempt::failed(*fault);
}

Attempt TlsEngine::attempt_failed_by_tls() {
  const bool was_distrust = !is_established_ && client_ && client_->must_be_trusted_ && !distrust_.empty();
  failure_ = was_distrust ? distrust_ : failure_text(ERR_peek_last_error());
  ERR_clear_error();
  give_up(was_distrust ? StreamFault::certificate_not_trusted : StreamFault::tls_failed);
  return Attempt::failed(*read_fault_);
}

TlsDetails TlsEngine::details() const {
  auto* const ssl = ssl_.get();
  TlsDetails details;
  details.version = SSL_version(ssl) == TLS1_2_VERSION ? TlsVersion::tls_1_2 : TlsVersion::tls_1_3;
  if (const auto* const cipher = SSL_get_current_cipher(ssl)) details.cipher = SSL_CIPHER_standard_name(cipher);
  if (const auto group = SSL_get_negotiated_group(ssl); group != NID_undef) {
    const auto* const name = SSL_group_to_name(ssl, static_cast<int>(group));
    if (name != nullptr) details.group = to_lower(name);
  }
  const unsigned char* protocol = nullptr;
  unsigned protocol_bytes = 0;
  SSL_get0_alpn_selected(ssl, &protocol, &protocol_bytes);
  details.protocol.assign(reinterpret_cast<const char*>(protocol), protocol_bytes);
  details.server_name = server_ || !to_address(host_name_) ? host_name_ : "";
  details.is_resumed = SSL_session_reused(ssl) == 1;

  const auto* const own = SSL_get0_peer_certificate(ssl);
  if (own == nullptr) return details;
  details.peer_certificates.push_back(to_certificate(*own));
  const auto* const chain = SSL_get_peer_cert_chain(ssl);
  for (int i = 1; i < sk_X509_num(chain); ++i) {  // the first is its own once more
    details.peer_certificates.push_back(to_certificate(*sk_X509_value(chain, i)));
  }
  const auto* const verified = SSL_get0_verified_chain(ssl);
  for (const auto* const list : {verified, chain}) {
    auto* const next = sk_X509_num(list) > 1 ? sk_X509_value(list, 1) : nullptr;
    if (next == nullptr || X509_check_issued(next, const_cast<X509*>(own)) != X509_V_OK) continue;
    details.issuer = to_certificate(*next);
    break;
  }
  details.distrust = distrust_;
  if (const auto code = SSL_get_verify_result(ssl); code != X509_V_OK && distrust_.empty()) {
    // A resumed session: nothing was checked again.
    details.distrust = why_not_trusted(static_cast<int>(code), details.peer_certificates.front(), host_name_);
  }
  return details;
}

TlsSession TlsEngine::session() const {
  TlsSession given;
  if (!session_) return given;
  given.session_ = session_;
  given.client_ = client_;
  given.host_name_ = host_name_;
  return given;
}

std::optional<TlsEngine::Family> TlsEngine::resumed_family() const {
  void* data = nullptr;
  std::size_t size = 0;
  Family family;
  if (SSL_session_reused(ssl_.get()) == 0) return std::nullopt;
  if (SSL_SESSION_get0_ticket_appdata(SSL_get_session(ssl_.get()), &data, &size) != 1) return std::nullopt;
  if (size != family.size()) return std::nullopt;
  std::memcpy(family.data(), data, size);
  return family;
}

bool TlsEngine::resumes_session_of(const TlsEngine& first) const {
  const auto* const ssl = ssl_.get();
  if (!server_ || !first.server_ || !is_established_ || !first.is_established_) return false;
  if (SSL_session_reused(ssl) == 0 || SSL_version(ssl) != SSL_version(first.ssl_.get())) return false;
  // TLS 1.2 goes on with the secret of the session itself; in TLS 1.3 each ticket has one of its own.
  if (SSL_version(ssl) == TLS1_2_VERSION) return have_same_secret(ssl, first.ssl_.get());
  return first.family_ && resumed_family() == first.family_;
}

bool TlsEngine::offer_session() {
  if (!server_ || !is_established_ || write_fault_ || SSL_new_session_ticket(ssl_.get()) != 1) return false;
  shake_hands();  // if the socket does not take all of it now, the next write sends the rest first
  return !write_fault_;
}

void TlsEngine::install(SSL_CTX* context, const TlsServer& server) {
  SSL_CTX_set_client_hello_cb(context, on_client_hello, nullptr);
  SSL_CTX_set_tlsext_servername_callback(context, on_server_name);
  if (!server.protocols_.empty()) SSL_CTX_set_alpn_select_cb(context, on_protocols, nullptr);
  SSL_CTX_set_session_ticket_cb(context, on_ticket, nullptr, nullptr);
  if (server.key_log_) SSL_CTX_set_keylog_callback(context, on_key);
}

void TlsEngine::install(SSL_CTX* context, const TlsClient& client) {
  SSL_CTX_set_verify(context, client.must_be_trusted_ ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, on_certificate);
  SSL_CTX_sess_set_new_cb(context, on_session);
  if (client.key_log_) SSL_CTX_set_keylog_callback(context, on_key);
}

/// Before a version is agreed upon.
int TlsEngine::on_client_hello(SSL* ssl, int*, void*) {
  auto& engine = of(ssl);
  engine.host_name_ = asked_host_name(ssl);
  auto* const context = engine.server_->find(engine.host_name_);
  engine.knows_host_name_ = context != nullptr;
  const auto is_well = context == nullptr || use_context(ssl, context);
  return is_well ? SSL_CLIENT_HELLO_SUCCESS : SSL_CLIENT_HELLO_ERROR;
}

/// Only tells the client whether its name was used.
int TlsEngine::on_server_name(SSL* ssl, int*, void*) {
  return of(ssl).knows_host_name_ ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
}

int TlsEngine::on_protocols(SSL* ssl, const unsigned char** chosen, unsigned char* chosen_bytes,
                            const unsigned char* offered, unsigned offered_bytes, void*) {
  const auto& own = of(ssl).server_->protocols_;
  unsigned char* found = nullptr;
  const auto result = SSL_select_next_proto(&found, chosen_bytes, reinterpret_cast<const unsigned char*>(own.data()),
                                            static_cast<unsigned>(own.size()), offered, offered_bytes);
  *chosen = found;
  return result == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

int TlsEngine::on_ticket(SSL* ssl, void*) {
  auto& engine = of(ssl);
  if (!engine.family_) engine.family_ = engine.resumed_family();
  if (!engine.family_) {
    Family fresh;
    if (RAND_bytes(fresh.data(), fresh.size()) != 1) return 0;
    engine.family_ = fresh;
  }
  return SSL_SESSION_set1_ticket_appdata(SSL_get_session(ssl), engine.family_->data(), engine.family_->size());
}

int TlsEngine::on_session(SSL* ssl, SSL_SESSION* session) {
  if (SSL_SESSION_is_resumable(session) != 1) return 0;
  of(ssl).session_ = {session, SSL_SESSION_free};
  return 1;  // it is ours now
}

int TlsEngine::on_certificate(int is_well, X509_STORE_CTX* context) {
  if (is_well == 1) return 1;
  const auto* const ssl = static_cast<SSL*>(X509_STORE_CTX_get_ex_data(context, SSL_get_ex_data_X509_STORE_CTX_idx()));
  auto& engine = of(ssl);
  const auto code = X509_STORE_CTX_get_error(context);
  const auto* const certificate = X509_STORE_CTX_get_current_cert(context);
  engine.distrust_ =
      why_not_trusted(code, certificate ? to_certificate(*certificate) : Certificate{}, engine.host_name_);
  return 0;
}

void TlsEngine::on_key(const SSL* ssl, const char* line) {
  of(ssl).key_log_->add(line);
}

BIO_METHOD* TlsEngine::socket_method() {
  static BIO_METHOD* const method = [] {
    auto* const made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket of a stream");
    BIO_meth_set_read(made, receive);
    BIO_meth_set_write(made, send);
    // Nothing is buffered, so that a flush has always succeeded; no other request is known.
    BIO_meth_set_ctrl(made, [](BIO*, int request, long, void*) -> long { return request == BIO_CTRL_FLUSH ? 1 : 0; });
    return made;
  }();
  return method;
}

int TlsEngine::receive(BIO* bio, char* data, int size) {
  auto& engine = *static_cast<TlsEngine*>(BIO_get_data(bio));
  BIO_clear_retry_flags(bio);
  const auto [count, leaves_nothing] = receive_now(engine.socket_.descriptor(), data, static_cast<std::size_t>(size));
  engine.socket_error_ = errno;
  engine.socket_has_ended_ = count == 0;
  engine.socket_is_drained_ = leaves_nothing;
  engine.socket_is_empty_ = Attempt::of(count, Attempt::Step::wait_to_read).step == Attempt::Step::wait_to_read;
  if (engine.socket_is_empty_) BIO_set_retry_read(bio);
  return static_cast<int>(count);
}

int TlsEngine::send(BIO* bio, const char* data, int size) {
  auto& engine = *static_cast<TlsEngine*>(BIO_get_data(bio));
  BIO_clear_retry_flags(bio);
  engine.socket_has_ended_ = false;  // what fails is this
  auto rest = as_bytes({data, static_cast<std::size_t>(size)});
  auto attempt = engine.gathers_ ? done(0) : engine.flush();
  if (attempt.step == Attempt::Step::done && !engine.gathers_) {
    const auto count = ::send(engine.socket_.descriptor(), rest.data(), rest.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    attempt = Attempt::of(count, Attempt::Step::wait_to_write);
  }
  engine.socket_error_ = errno;
  if (attempt.step == Attempt::Step::failed) return -1;
  rest = rest.subspan(attempt.bytes);
  if (engine.output_.size() + rest.size() > tls_output_bytes_max) {
    BIO_set_retry_write(bio);
    return attempt.bytes > 0 ? static_cast<int>(attempt.bytes) : -1;
  }
  engine.output_.insert(engine.output_.end(), rest.begin(), rest.end());
  return size;
}

}  // namespace labnet::net
