// What has come, said in JSON: for whoever wants to see what a client sends.
#include <fmt/format.h>

#include <boost/json.hpp>

#include "common/base/utf8.hpp"
#include "common/crypto/hash.hpp"
#include "servers/http/application.hpp"
#include "servers/http/form.hpp"
#include "servers/http/responder.hpp"

namespace labnet::http_server {
namespace {

namespace json = boost::json;

/// JSON is UTF-8: other octets are told as \xHH.
json::string text_of(std::string_view text) {
  std::string safe;
  while (!text.empty()) {
    const auto bytes = utf8_character_bytes(text);
    if (bytes > 0) {
      safe += text.substr(0, bytes);
    } else {
      constexpr std::string_view digits = "0123456789abcdef";
      const auto octet = static_cast<unsigned char>(text.front());
      safe += {'\\', 'x', digits[octet >> 4], digits[octet & 0xf]};
    }
    text.remove_prefix(bytes > 0 ? bytes : 1);
  }
  return json::string{safe};
}

json::array pairs_of(const http::FormPairs& pairs) {
  json::array array;
  for (const auto& [name, value] : pairs) array.push_back({{"name", text_of(name)}, {"value", text_of(value)}});
  return array;
}

json::array fields_of(const http::Fields& fields) {
  json::array array;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    array.push_back({{"name", text_of(fields[i].name)}, {"value", text_of(fields[i].value)}});
  }
  return array;
}

/// Length and hash of bytes that come piece by piece.
class Measure {
 public:
  void add(Bytes bytes) {
    bytes_ += bytes.size();
    hash_.add(bytes);
  }
  void add_to(json::object& object) {
    object["bytes"] = std::exchange(bytes_, 0);
    object["sha256"] = crypto::to_hex(hash_.finish());
  }

 private:
  std::uint64_t bytes_ = 0;
  crypto::Hash hash_{crypto::HashMethod::sha256};
};

class MeasuredFiles final : public FileReceiver {
 public:
  net::Task<std::optional<BodyFault>> begin(const http::PartHead& head) override {
    file_ = {{"field", text_of(head.name)},
             {"name", text_of(head.file_name.value_or(""))},
             {"type", text_of(head.content_type)}};
    co_return std::nullopt;
  }
  net::Task<std::optional<BodyFault>> write(Bytes bytes) override {
    measure_.add(bytes);
    co_return std::nullopt;
  }
  net::Task<std::optional<BodyFault>> end() override {
    measure_.add_to(file_);
    files_.push_back(std::move(file_));
    co_return std::nullopt;
  }
  json::array files() { return std::move(files_); }

 private:
  json::object file_;
  json::array files_;
  Measure measure_;
};

net::Task<std::optional<BodyFault>> tell_form(const Request& request, BodyReader& body, json::object& told) {
  MeasuredFiles files;
  const auto fields = co_await read_form(request.head, body, files);
  if (!fields) co_return fields.error();
  told["form"] = pairs_of(*fields);
  told["files"] = files.files();
  co_return std::nullopt;
}

net::Task<std::optional<BodyFault>> tell_body(BodyReader& body, json::object& told) {
  Measure measure;
  for (;;) {
    const auto piece = co_await body.next();
    if (!piece) co_return piece.error();
    if (piece->empty()) break;
    measure.add(*piece);
  }
  json::object what;
  measure.add_to(what);
  told["body"] = std::move(what);
  co_return std::nullopt;
}

class Echo final : public Application {
 public:
  std::string_view methods() const override { return "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"; }

  net::Task<Response> answer(net::Worker&, const Request& request, BodyReader& body) const override {
    json::object told{{"method", text_of(request.head.method())},
                      {"target", text_of(request.head.target())},
                      {"version", request.head.version() == http::Version::http_1_0 ? "HTTP/1.0" : "HTTP/1.1"},
                      {"client", text_of(request.client)},
                      {"secure", request.is_secure},
                      {"fields", fields_of(request.head.fields())}};
    if (const auto query = http::parse_form(request.target.query)) told["query"] = pairs_of(*query);
    std::optional<BodyFault> fault;
    if (is_form(request.head)) {
      fault = co_await tell_form(request, body, told);
    } else {
      fault = co_await tell_body(body, told);
    }
    if (fault) co_return Responder::fault(request.site, *fault);
    co_return Responder::text(request.site, 200, "application/json", json::serialize(told) + '\n',
                              {{"Cache-Control", "no-store"}});
  }
};

}  // namespace

std::shared_ptr<const Application> make_echo() {
  return std::make_shared<const Echo>();
}

}  // namespace labnet::http_server
