// Hashes over bytes, and codes of authentication: the wrapper of libcrypto's EVP_Digest.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "common/base/bytes.hpp"

struct evp_md_ctx_st;  // OpenSSL's, whose headers stay in the .cpp file

namespace labnet::crypto {

enum class HashMethod {
  md5,     // RFC 1321, 16 bytes; for protocols that know nothing better
  sha1,    // FIPS 180-4, 20 bytes
  sha256,  // FIPS 180-4, 32 bytes
};

/// Of bytes that come piece by piece.
class Hash {
 public:
  explicit Hash(HashMethod method);

  void add(Bytes bytes);
  /// The hash of all that was added; then it begins anew.
  Buffer finish();

 private:
  struct Free {
    void operator()(evp_md_ctx_st* context) const;
  };
  void begin();

  HashMethod method_;
  std::unique_ptr<evp_md_ctx_st, Free> context_;
};

Buffer hash(HashMethod method, Bytes bytes);

/// RFC 2104: only who has the key can make it, or tell whether it is right.
Buffer hmac(HashMethod method, Bytes key, Bytes bytes);

/// In small hexadecimal digits: "e3b0c442...".
std::string to_hex(Bytes bytes);

}  // namespace labnet::crypto
