#include "common/crypto/hash.hpp"

#include <openssl/evp.h>

#include <new>

namespace labnet::crypto {
namespace {

/// libcrypto fails at these only for lack of memory.
void check(int result) {
  if (result != 1) throw std::bad_alloc{};
}

/// Kept for good, each from its first use on, as a system may have a libcrypto without MD5: EVP_md5() and the like are
/// names, for which libcrypto looks each time that a hash begins.
const EVP_MD* fetch(const char* name) {
  const auto* const found = EVP_MD_fetch(nullptr, name, nullptr);
  check(found != nullptr ? 1 : 0);
  return found;
}

const EVP_MD* method_of(HashMethod method) {
  switch (method) {
    case HashMethod::md5: {
      static const auto* const md5 = fetch("MD5");
      return md5;
    }
    case HashMethod::sha1: {
      static const auto* const sha1 = fetch("SHA1");
      return sha1;
    }
    case HashMethod::sha256:
      break;
  }
  static const auto* const sha256 = fetch("SHA256");
  return sha256;
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

namespace {

/// What is short costs less to hash than to make room for it and give that back.
Hash& own_of_thread(HashMethod method) {
  thread_local Hash md5{HashMethod::md5}, sha1{HashMethod::sha1}, sha256{HashMethod::sha256};
  switch (method) {
    case HashMethod::md5:
      return md5;
    case HashMethod::sha1:
      return sha1;
    case HashMethod::sha256:
      break;
  }
  return sha256;
}

}  // namespace

Buffer hash(HashMethod method, Bytes bytes) {
  auto& one = own_of_thread(method);
  one.add(bytes);
  return one.finish();
}

Buffer hmac(HashMethod method, Bytes key, Bytes bytes) {
  // Made of two hashes: libcrypto's own looks for its parts by their names each time, which takes longer than the code.
  constexpr std::size_t block_bytes = 64;  // of each of these methods
  constexpr std::byte inner{0x36}, outer{0x5c};
  Buffer padded = key.size() > block_bytes ? hash(method, key) : Buffer{key.begin(), key.end()};
  padded.resize(block_bytes);
  auto& one = own_of_thread(method);
  for (auto& octet : padded) octet ^= inner;
  one.add(padded);
  one.add(bytes);
  const auto of_bytes = one.finish();
  for (auto& octet : padded) octet ^= inner ^ outer;
  one.add(padded);
  one.add(of_bytes);
  return one.finish();
}

std::string to_hex(Bytes bytes) {
  constexpr char digits[] = "0123456789abcdef";
  std::string text(2 * bytes.size(), '\0');
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    text[2 * i] = digits[std::to_integer<unsigned>(bytes[i]) >> 4];
    text[2 * i + 1] = digits[std::to_integer<unsigned>(bytes[i]) & 0xf];
  }
  return text;
}

}  // namespace labnet::crypto
