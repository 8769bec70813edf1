// PUT and DELETE (RFC 9110, sections 9.3.4 and 9.3.5): nobody sees a file before it is whole.
#include "servers/http/storing.hpp"

#include <mutex>
#include <optional>

#include "common/base/write_all.hpp"
#include "common/files/upload.hpp"
#include "common/http/conditional.hpp"
#include "common/log/clock.hpp"
#include "servers/http/responder.hpp"

namespace labnet::http_server {
namespace {

Response fault(const Request& request, const boost::system::error_code& error) {
  return Responder::fault(request.site, status_of_storing(error), {}, error.message());
}

Response without_body(const Request& request, int status, FieldList fields = {}) {
  Response response;
  response.status = status;
  if (status != 204) fields.emplace_back("Content-Length", "0");
  response.head = request.site.style().head(status, std::move(fields));
  return response;
}

/// Held while conditions are looked at and what they are about is changed: of several with "If-None-Match: *" one
/// succeeds.
std::mutex changing;

/// What the conditions of a request come to that is about to change what is there.
bool may_go_on(const Request& request, const std::string& path) {
  const auto validators = validators_of(request.site.jail(), path, request.site.style().like);
  http::Representation representation{.exists = validators.has_value()};
  if (validators) {
    representation.tag = http::EntityTag{validators->tag, false};
    representation.modified = validators->modified;
  }
  const auto now = seconds_now();
  return http::evaluate_conditions(request.head.method(), request.head.fields(), representation, now) ==
         http::Verdict::proceed;
}

/// With or without "/" at its end; a link to one is none.
bool is_folder(const files::Jail& jail, std::string_view path) {
  if (path.ends_with('/')) path.remove_suffix(1);
  if (path.empty()) return true;
  const auto status = jail.link_status(path);
  return status && status->kind == files::FileKind::folder;
}

}  // namespace

int status_of_storing(const boost::system::error_code& error) {
  switch (error.value()) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
      return 507;
    case EACCES:
    case EPERM:
    case EROFS:
    case EXDEV:  // leads out of the root
    case ELOOP:
    case EBUSY:
      return 403;
    case ENOENT:  // no folder to put it in
    case ENOTDIR:
    case EISDIR:
    case EEXIST:   // what is no file stands there
    case ETXTBSY:  // another one is under way
      return 409;
    case ENAMETOOLONG:
    case EILSEQ:
      return 400;
    default:
      return 500;
  }
}

net::Task<Response> Responder::store(const Request& request, const std::string& path, BodyReader& body) {
  if (path.ends_with('/')) co_return fault(request.site, 409, {}, "A folder cannot be put.");
  if (request.head.fields().has("Content-Range")) {  // RFC 9110, section 14.5
    co_return fault(request.site, 400, {}, "Parts of a file cannot be put.");
  }
  const auto& jail = request.site.jail();
  const auto refusal = co_await worker_.run_blocking([&] {
    if (request.site.is_way_round(path)) return 403;
    return may_go_on(request, path) ? 0 : 412;
  });
  if (refusal != 0) co_return fault(request.site, refusal);
  const bool is_there = jail.link_status(path).has_value();
  auto upload =
      co_await worker_.run_blocking([&] { return files::Upload::begin(jail, path, {.keeps_partial = false}); });
  if (!upload) co_return http_server::fault(request, upload.error());
  for (;;) {
    const auto piece = co_await body.next_block();
    if (!piece) co_return fault(request.site, piece.error());
    if (piece->empty()) break;
    const auto error_number = co_await worker_.run_blocking([&] { return write_all(upload->descriptor(), *piece); });
    if (error_number != 0) co_return http_server::fault(request, files::error_of(error_number));
  }
  // Others may have been there since the conditions were looked at.
  using Published = files::FileResult<void>;
  const auto published = co_await worker_.run_blocking([&]() -> std::optional<Published> {
    const std::lock_guard lock{changing};
    return may_go_on(request, path) ? std::optional<Published>{upload->publish()} : std::nullopt;
  });
  if (!published) co_return fault(request.site, 412);
  if (!*published) co_return http_server::fault(request, published->error());
  cache_.forget(request.site, request.target.path);
  if (is_there) co_return without_body(request, 204);
  co_return without_body(request, 201, {{"Location", http::encode_path(path)}});
}

net::Task<Response> Responder::remove(const Request& request, const std::string& path) {
  const auto& jail = request.site.jail();
  const auto refusal = co_await worker_.run_blocking([&] {
    if (request.site.is_way_round(path)) return 403;
    if (is_folder(jail, path)) return 409;
    return jail.link_status(path) ? 0 : 404;
  });
  if (refusal == 409) co_return fault(request.site, 409, {}, "A folder cannot be deleted.");
  if (refusal != 0) co_return fault(request.site, refusal);
  using Removed = files::FileResult<void>;
  const auto removed = co_await worker_.run_blocking([&]() -> std::optional<Removed> {
    const std::lock_guard lock{changing};
    return may_go_on(request, path) ? std::optional<Removed>{jail.remove_file(path)} : std::nullopt;
  });
  if (!removed) co_return fault(request.site, 412);
  if (!*removed) co_return http_server::fault(request, removed->error());
  cache_.forget(request.site, request.target.path);
  co_return without_body(request, 204);
}

}  // namespace labnet::http_server
