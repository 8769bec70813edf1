// Whom the hosts of a lab trust by TLS: the CA of its made-up outside world, and the user's lab CA.
//
//   FILES/.trust/          no host has such a name
//     outside-ca/          the CA of the outside world: mode 0700, made with the lab and gone with it
//     authorities.crt      the certificates of both, for every program in a host
//
// On the network of namespaces FILES is in memory, and nobody outside the lab sees it.
#pragma once

#include <filesystem>
#include <string>

#include "common/base/result.hpp"
#include "common/ca/authority.hpp"

namespace labnet::lab {

/// Where programs of Debian look for the CAs that they trust; in hosts of namespaces the lab's own cover it.
inline constexpr const char* system_authorities = "/etc/ssl/certs/ca-certificates.crt";

class Trust {
 public:
  /// Makes the CA of the outside world: within about a millisecond.
  /// files  a folder of the lab's own
  static Result<Trust> make(const std::filesystem::path& files);

  /// PEM.
  std::filesystem::path authorities() const { return folder_ / "authorities.crt"; }
  std::filesystem::path outside_authority() const { return folder_ / "outside-ca"; }

  /// Takes over the lab CA as it is now: services make it when they first need it, and the user may make another one.
  /// The file is the same one, as it may be mounted elsewhere.
  Result<void> refresh();

 private:
  Trust(std::filesystem::path folder, std::string outside) : folder_{std::move(folder)}, outside_{std::move(outside)} {}

  std::filesystem::path folder_;
  std::string outside_;  // PEM
  std::string written_;  // what the file holds
};

}  // namespace labnet::lab
