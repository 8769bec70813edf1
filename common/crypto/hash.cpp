#include "common/crypto/hash.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <new>

namespace labnet::crypto {
namespace {

const EVP_MD* method_of(HashMethod method) {
  switch (method) {
    case HashMethod::md5:
      return EVP_md5();
    case HashMethod::sha1:
      return EVP_sha1();
    case HashMethod::sha256:
      break;
  }
  return EVP_sha256();
}

/// libcrypto fails at these only for lack of memory.
void check(int result) {
  if (result != 1) throw std::bad_alloc{};
}

}  // namespace

void Hash::Free::operator()(evp_md_ctx_st* context) const {
  EVP_MD_CTX_free(context);
}

Hash::Hash(HashMethod method) : method_{method}, context_{EVP_MD_CTX_new()} {
  if (!context_) throw std::bad_alloc{};
  begin();
}

void Hash::begin() {
  check(EVP_DigestInit_ex(context_.get(), method_of(method_), nullptr));
}

void Hash::add(Bytes bytes) {
  check(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()));
}

Buffer Hash::finish() {
  Buffer out(EVP_MAX_MD_SIZE);
  unsigned size = 0;
  check(EVP_DigestFinal_ex(context_.get(), reinterpret_cast<unsigned char*>(out.data()), &size));
  out.resize(size);
  begin();
  return out;
}

Buffer hash(HashMethod method, Bytes bytes) {
  Hash one{method};
  one.add(bytes);
  return one.finish();
}

Buffer hmac(HashMethod method, Bytes key, Bytes bytes) {
  Buffer out(EVP_MAX_MD_SIZE);
  unsigned size = 0;
  const auto* made = HMAC(method_of(method), key.data(), static_cast<int>(key.size()),
                          reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
                          reinterpret_cast<unsigned char*>(out.data()), &size);
  check(made != nullptr ? 1 : 0);
  out.resize(size);
  return out;
}

std::string to_hex(Bytes bytes) {
  constexpr char digits[] = "0123456789abcdef";
  std::string text;
  for (const auto one : bytes) {
    text += digits[std::to_integer<unsigned>(one) >> 4];
    text += digits[std::to_integer<unsigned>(one) & 0xf];
  }
  return text;
}

}  // namespace labnet::crypto
