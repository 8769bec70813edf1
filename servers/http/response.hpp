// What a request is answered with, before it is bytes.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <variant>

#include <boost/container/small_vector.hpp>

#include "common/base/bytes.hpp"
#include "common/base/file_descriptor.hpp"
#include "servers/http/head.hpp"

namespace labnet::http_server {

/// Bytes that somebody else may hold, too.
struct SharedBytes {
  std::shared_ptr<const void> owner;
  Bytes bytes;
};

/// A part of a file, sent from where it is.
struct FilePart {
  std::shared_ptr<const FileDescriptor> file;
  std::uint64_t offset = 0;
  std::uint64_t bytes = 0;
};

/// One after the other. Most bodies are one piece.
using Body = boost::container::small_vector<std::variant<std::string, SharedBytes, FilePart>, 1>;
std::uint64_t size_of(const Body& body);

struct Response {
  int status = 200;
  std::shared_ptr<const HeadTemplate> head;
  /// Left out where the request or the status has none, but told in the head all the same.
  Body body;
  std::string user{};              // who has shown that it is he
  std::string_view more_fields{};  // beside those of `head`: whole lines
  bool closes = false;  // the connection ends with it: nobody knows where the next request begins, or it is too much
};

}  // namespace labnet::http_server
