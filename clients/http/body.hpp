// What a request carries: texts and files behind one another, or what comes out of a pipe until its end.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "common/base/bytes.hpp"
#include "common/base/file_descriptor.hpp"
#include "common/base/result.hpp"
#include "common/net/runtime.hpp"

namespace labnet::http_client {

class Body {
 public:
  static constexpr std::size_t piece_bytes = 64 * 1024;

  void add(std::string text);
  /// faults  it cannot be read, or is a folder
  Result<void> add_file(const std::string& path);
  /// Whatever can be read, until its end. It stays the caller's.
  void add_pipe(int descriptor);

  /// Nothing if there is a pipe in it: it travels in chunks.
  std::optional<std::uint64_t> bytes() const;
  /// False: what was sent is gone.
  bool is_repeatable() const { return bytes().has_value(); }
  /// The whole of it, if it is in memory.
  std::optional<std::string> text() const;

  /// From the beginning on.
  void rewind();
  /// The rest is not wanted: a pipe is not waited for any more.
  void give_up() { is_given_up_ = true; }
  /// The next piece; empty at the end, and after `give_up`. A pipe is looked at again and again, so that a program can
  /// end meanwhile. faults  of the file; also if it has become shorter
  net::Task<Result<Buffer>> next(net::Worker& worker);

 private:
  struct File {
    std::shared_ptr<const FileDescriptor> descriptor;
    std::string path;
    std::uint64_t bytes = 0;
  };
  struct Pipe {
    int descriptor = -1;
  };
  using Part = std::variant<std::string, File, Pipe>;

  net::Task<Result<Buffer>> next_of(const File& file, net::Worker& worker);
  net::Task<Result<Buffer>> next_of(const Pipe& pipe, net::Worker& worker);

  std::vector<Part> parts_;
  std::vector<std::shared_ptr<const FileDescriptor>> pipes_;  // that were opened here
  std::size_t part_ = 0;                                      // that is read
  std::uint64_t offset_ = 0;                                  // in it
  bool is_given_up_ = false;
};

}  // namespace labnet::http_client
