// Whether certificates of the CAs of this host were revoked, said to whoever asks: OCSP over HTTP (RFC 6960, appendix
// A; RFC 5019, sections 5 and 6).
#include "common/ca/ocsp.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/base/base64.hpp"
#include "common/base/text.hpp"
#include "common/ca/authority.hpp"
#include "common/http/date.hpp"
#include "common/http/media_type.hpp"
#include "common/log/clock.hpp"
#include "common/log/log.hpp"
#include "servers/http/application.hpp"
#include "servers/http/responder.hpp"

namespace labnet::http_server {
namespace {

bool is_ocsp_request(const http::RequestHead& head) {
  const auto value = head.fields().find("Content-Type");
  const auto type = value ? http::parse_media_type(*value) : std::nullopt;
  return type && type->essence() == ca::ocsp_request_type;
}

/// Its first octets, one more than a request may have.
net::Task<Result<Buffer, BodyFault>> read_request(BodyReader& body) {
  Buffer read;
  while (read.size() <= ca::ocsp_request_bytes_max) {
    const auto piece = co_await body.next();
    if (!piece) co_return piece.error();
    if (piece->empty()) break;
    const auto room = ca::ocsp_request_bytes_max + 1 - read.size();
    const auto part = piece->first(std::min(piece->size(), room));
    read.insert(read.end(), part.begin(), part.end());
  }
  co_return read;
}

/// What stands behind the application's own path. The target is taken as it came: base64 may have "//" in it, which a
/// path for files has not. Empty if it is none, which is no request either.
Buffer request_in(std::string_view target_path, std::string_view own_path) {
  const auto decoded = http::percent_decode(target_path);
  if (!decoded || !decoded->starts_with(own_path)) return {};
  auto text = std::string_view{*decoded}.substr(own_path.size());
  if (!own_path.ends_with('/') && text.starts_with('/')) text.remove_prefix(1);
  return parse_base64(text).value_or(Buffer{});
}

/// Those of the CAs that are here now, the outside world's first. A fault goes to the log.
std::vector<ca::Issuer> find_issuers() {
  std::vector<ca::Issuer> issuers;
  const auto add = [&](const Result<ca::Authority>& authority) {
    if (authority) {
      issuers.push_back(authority->issuer());
    } else {
      log::error("a CA cannot answer for its certificates", {{"fault", authority.error().message}});
    }
  };
  if (const auto outside = ca::outside_folder()) add(ca::Authority::open_outside(*outside));
  if (const auto lab = ca::usual_folder()) {
    const auto found = ca::Authority::find(*lab);
    if (!found) add(found.error());
    if (found && *found) add(**found);
  }
  return issuers;
}

class Ocsp final : public Application {
 public:
  Ocsp(std::string path, const std::vector<std::string>& revoked) : path_{std::move(path)} {
    for (const auto& serial : revoked) revoked_.push_back({serial, {.time = seconds_now()}});
  }

  std::string_view methods() const override { return "GET, HEAD, POST, OPTIONS"; }
  bool answers_below() const override { return true; }

  net::Task<Response> answer(net::Worker& worker, const Request& request, BodyReader& body) const override {
    Buffer asked;
    if (request.is_get_or_head()) {
      asked = request_in(request.target.path, path_);
    } else if (!is_ocsp_request(request.head)) {
      co_return Responder::fault(request.site, 415, {}, "That is no application/ocsp-request.");
    } else {
      auto read = co_await read_request(body);
      if (!read) co_return Responder::fault(request.site, read.error());
      asked = *std::move(read);
    }
    const auto said = co_await worker.run_blocking([&] { return say(asked); });
    co_return Responder::text(request.site, 200, std::string{ca::ocsp_response_type}, std::string{as_text(said.der)},
                              caching_of(request, said));
  }

 private:
  /// Reads files and signs: it blocks.
  ca::OcspResponse say(Bytes asked) const {
    return ca::answer_ocsp(asked, {.issuers = find_issuers(), .revoked = revoked_}, seconds_now());
  }

  /// A response to GET serves others, too, for as long as it is current (RFC 5019, section 6.2).
  static FieldList caching_of(const Request& request, const ca::OcspResponse& said) {
    if (said.status != ca::OcspResponseStatus::successful) return {{"Cache-Control", "no-store"}};
    if (!request.is_get_or_head()) return {};
    return {{"Last-Modified", std::string{http::Date{said.this_update}.text()}},
            {"Expires", std::string{http::Date{said.next_update}.text()}},
            {"Cache-Control", fmt::format("max-age={}, public, no-transform, must-revalidate",
                                          (said.next_update - said.this_update).count())}};
  }

  std::string path_;
  std::vector<ca::RevokedCertificate> revoked_;
};

}  // namespace

std::shared_ptr<const Application> make_ocsp(std::string path, const std::vector<std::string>& revoked) {
  return std::make_shared<const Ocsp>(std::move(path), revoked);
}

}  // namespace labnet::http_server
