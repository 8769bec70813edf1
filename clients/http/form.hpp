// What --data, --form and --upload-file make of the command line: the body of a request, and its media type.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "clients/http/body.hpp"

namespace labnet::http_client {

struct BodyInput {
  std::vector<std::string> data;         // text, or @FILE
  std::vector<std::string> binary_data;  // the same, as it is
  std::vector<std::string> encoded;      // NAME=VALUE, to be encoded
  std::vector<std::string> form;         // NAME=VALUE, NAME=@FILE, NAME=<FILE
  std::optional<std::string> file;       // "-" is standard input

  bool is_empty() const { return data.empty() && binary_data.empty() && encoded.empty() && form.empty() && !file; }
};

struct MadeBody {
  std::shared_ptr<Body> body;
  std::string content_type;  // empty: none is told
};

/// boundary  of a form with files: one that is in none of them, so a random one
/// faults    a file cannot be read or is too large to be held; two kinds of bodies at once
Result<MadeBody> make_body(const BodyInput& input, const std::string& boundary);

}  // namespace labnet::http_client
