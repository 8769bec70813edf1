// A wire that cuts what TCP carries where nobody would, or glues it together: to whoever reads the pieces are no
// messages.
#pragma once

#include <cstdint>
#include <memory>

namespace labnet::test {

class CuttingRelay {
 public:
  enum class Way {
    cuts,   // into pieces of a few bytes, each a segment of its own
    glues,  // what comes within a short time goes on in one segment
  };
  /// Takes one connection and passes on what comes from it to that port; what comes back it leaves as it is.
  CuttingRelay(Way way, std::uint16_t to_port);
  ~CuttingRelay();

  std::uint16_t port() const;
  /// Of what went to the server: how many pieces, and the longest one of them, in bytes.
  std::size_t pieces() const;
  std::size_t longest() const;

 private:
  class Wire;
  std::unique_ptr<Wire> wire_;
};

}  // namespace labnet::test
