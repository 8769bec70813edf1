// Certificate authorities of a test's own, and what they sign.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "common/net/certificate.hpp"
#include "common/net/tls.hpp"
#include "tests/support/child.hpp"

namespace labnet::net {

struct Wish {
  std::string subject = "www.lab";    // its common name; the files are called after it
  std::string names = "DNS:www.lab";  // as in openssl's x509v3_config(5); empty: none
  std::chrono::days begins_in{-1};    // from today
  std::chrono::days ends_in{30};
};

/// Keys are of P-256: made in no time.
class Authority {
 public:
  /// Signs itself.
  explicit Authority(const std::string& name);
  /// Signed by `parent`, whose certificate it does not hand out.
  Authority(const std::string& name, const Authority& parent);

  /// Its certificate.
  std::string path() const { return folder_.path() + "/ca.crt"; }
  /// Writes a chain (without the CA that signs itself) and its key.
  TlsIdentity issue(const Wish& wish = {});
  const test::TemporaryFolder& folder() const { return folder_; }

 private:
  std::string name_;
  test::TemporaryFolder folder_;
  KeyHandle key_;
  CertificateHandle certificate_;
  std::string chain_;  // PEM of those between what it issues and the one that signs itself
};

}  // namespace labnet::net
