// Forms as they are posted (application/x-www-form-urlencoded, multipart/form-data).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "common/http/multipart.hpp"
#include "common/http/request_head.hpp"
#include "common/http/target.hpp"
#include "servers/http/body_reader.hpp"

namespace labnet::http_server {

/// Takes the files of a form, one after the other, as they come. A fault ends the reading.
class FileReceiver {
 public:
  virtual ~FileReceiver() = default;
  virtual net::Task<std::optional<BodyFault>> begin(const http::PartHead& head) = 0;
  virtual net::Task<std::optional<BodyFault>> write(Bytes bytes) = 0;
  /// The file is whole.
  virtual net::Task<std::optional<BodyFault>> end() = 0;
};

/// For forms that have none.
class NoFiles final : public FileReceiver {
 public:
  net::Task<std::optional<BodyFault>> begin(const http::PartHead& head) override;
  net::Task<std::optional<BodyFault>> write(Bytes bytes) override;
  net::Task<std::optional<BodyFault>> end() override;
};

/// The value of the first field of that name; nothing if there is none.
std::optional<std::string_view> field_of(const http::FormPairs& form, std::string_view name);

/// True if that is what the body says it is.
bool is_form(const http::RequestHead& head);

/// The fields of a form in their order; files go to the receiver.
/// faults  400 malformed; 413 more than form_bytes_max of fields, or what the multipart reader says; 415 no form
net::Task<Result<http::FormPairs, BodyFault>> read_form(const http::RequestHead& head, BodyReader& body,
                                                        FileReceiver& files);

}  // namespace labnet::http_server
