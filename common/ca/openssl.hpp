// What the .cpp files of this folder have in common of OpenSSL; no other folder includes it.
#pragma once

#include <openssl/asn1.h>
#include <openssl/evp.h>

#include <chrono>
#include <memory>
#include <string>

namespace labnet::ca {

template <auto free>
struct FreedBy {
  void operator()(auto* owned) const { free(owned); }
};
/// A pointer that frees what it points to: Owned<BIGNUM, BN_free>.
template <class T, auto free>
using Owned = std::unique_ptr<T, FreedBy<free>>;

/// Of either form, UTCTime or GeneralizedTime.
std::chrono::sys_seconds to_time(const ASN1_TIME* time);

/// With which a key signs. Null for Ed25519 and Ed448, which a CA of somebody's own may have: they bring their own.
const EVP_MD* digest_for(EVP_PKEY* key);

/// Why the last call has failed; what OpenSSL remembers of it is gone then.
std::string take_openssl_reason();

}  // namespace labnet::ca
