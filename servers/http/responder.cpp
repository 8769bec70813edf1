#include "servers/http/responder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <thread>

#include "common/files/upload.hpp"
#include "common/http/accept.hpp"
#include "common/http/conditional.hpp"
#include "common/http/list.hpp"
#include "common/http/range.hpp"
#include "common/http/status.hpp"
#include "common/log/clock.hpp"
#include "common/net/random.hpp"
#include "servers/http/application.hpp"
#include "servers/http/html.hpp"
#include "servers/http/limits.hpp"

namespace labnet::http_server {
namespace {

constexpr const char* html_type = "text/html; charset=utf-8";

/// A quarter of the descriptors is for documents, shared by workers, of which there are hardly more than processors.
std::size_t open_files_max() {
  const auto share = net::descriptors_max() / 4 / std::max(std::thread::hardware_concurrency(), 1u);
  return std::clamp(share, open_files_min, open_files_most);
}

/// Those that are registered and that people know; anything else is 501.
bool is_known(std::string_view method) {
  constexpr std::array known{
      std::string_view{"GET"},     std::string_view{"HEAD"},   std::string_view{"POST"},
      std::string_view{"PUT"},     std::string_view{"DELETE"}, std::string_view{"PATCH"},
      std::string_view{"OPTIONS"}, std::string_view{"TRACE"},  std::string_view{"CONNECT"},
  };
  return std::ranges::find(known, method) != known.end();
}

/// To an absolute path of the same host, whatever name it was reached by.
std::string location_of(std::string_view path, const http::Target& target) {
  auto location = http::encode_path(path);
  if (target.has_query) location += fmt::format("?{}", target.query);
  return location;
}

int status_of(const boost::system::error_code& error) {
  switch (error.value()) {
    case EACCES:
    case EPERM:
    case EXDEV:  // leads out of the root
    case ELOOP:
      return 403;
    case ENOENT:
    case ENOTDIR:
    case ENAMETOOLONG:
    case EISDIR:
    case EILSEQ:
      return 404;
    case EMFILE:
    case ENFILE:
    case ENOMEM:
      return 503;
    default:
      return 500;
  }
}

std::string_view why_not(int status) {
  if (status == 403) return "This may not be read.";
  if (status == 404) return "There is nothing here by that name.";
  return "The system has a fault.";
}

bool is_listed(std::string_view method, std::string_view methods) {
  http::ListReader names{methods};
  for (auto name = names.next(); name; name = names.next()) {
    if (*name == method) return true;
  }
  return false;
}

bool takes_gzip(const http::Fields& fields) {
  constexpr std::array available{std::string_view{"gzip"}};
  return http::choose_coding(fields, available) == available.front();
}

Body several_parts(const Form& form, const http::MultipartRanges& parts) {
  Body body;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    body.emplace_back(parts.part_head(i));
    for (auto& piece : form.part(parts.range(i).first, parts.range(i).size)) body.push_back(std::move(piece));
  }
  body.emplace_back(parts.end());
  return body;
}

std::string_view methods_of(const Site& site) {
  return site.config().uploads ? "GET, HEAD, OPTIONS, PUT, DELETE" : "GET, HEAD, OPTIONS";
}

Response partial(const Document& document, const Form& form, std::span<const http::ByteRange> ranges,
                 const HeadStyle& style) {
  Response response;
  response.status = 206;
  auto fields = document.fields_of(form);
  fields.emplace_back("Accept-Ranges", "bytes");
  if (form.coding != http::identity) fields.emplace_back("Content-Encoding", std::string{form.coding});
  if (ranges.size() == 1) {
    fields.emplace_back("Content-Type", document.media_type);
    fields.emplace_back("Content-Range", http::to_text(http::ContentRange{ranges.front(), form.bytes}));
    fields.emplace_back("Content-Length", std::to_string(ranges.front().size));
    response.body = form.part(ranges.front().first, ranges.front().size);
  } else {
    const auto boundary =
        fmt::format("{:016x}{:016x}", net::random_number<std::uint64_t>(), net::random_number<std::uint64_t>());
    const http::MultipartRanges parts{ranges, form.bytes, document.media_type, boundary};
    fields.emplace_back("Content-Type", parts.content_type());
    fields.emplace_back("Content-Length", std::to_string(parts.total_bytes()));
    response.body = several_parts(form, parts);
  }
  response.head = style.head(206, std::move(fields));
  return response;
}

}  // namespace

std::uint64_t size_of(const Body& body) {
  std::uint64_t sum = 0;
  for (const auto& piece : body) {
    if (const auto* text = std::get_if<std::string>(&piece)) sum += text->size();
    if (const auto* shared = std::get_if<SharedBytes>(&piece)) sum += shared->bytes.size();
    if (const auto* part = std::get_if<FilePart>(&piece)) sum += part->bytes;
  }
  return sum;
}

Responder::Responder(net::Worker& worker, std::shared_ptr<const SiteSet> sites, std::shared_ptr<Gate> gate)
    : worker_{worker}, sites_{std::move(sites)}, gate_{std::move(gate)}, cache_{open_files_max()} {}

void Responder::replace(std::shared_ptr<const SiteSet> sites) {
  cache_.clear();
  sites_ = std::move(sites);
}

std::optional<Response> Responder::answer_at_once(const Request& request) {
  if (!request.is_get_or_head()) return std::nullopt;
  if (request.site.config().https_only && !request.is_secure) return std::nullopt;
  const auto document = cache_.find(request.site, request.target.path, net::Clock::now());
  if (!document) return std::nullopt;
  if (document->is_to_be_compressed && takes_gzip(request.head.fields())) return std::nullopt;
  return answer_with(*document, request);
}

net::Task<Response> Responder::answer(const Request& request, BodyReader& body) {
  const auto& site = request.site;
  const auto method = request.head.method();
  if (request.target.form == http::TargetForm::asterisk) co_return allow(request, 204, methods_of(site));
  if (!is_known(method)) co_return fault(site, 501);
  if (request.target.form == http::TargetForm::authority) co_return allow(request, 405, methods_of(site));
  const auto path = http::decode_path(request.target.path);
  if (!path) co_return fault(site, 400, {}, http::describe(path.error()));
  if (auto sent_on = to_https(request, *path)) co_return *std::move(sent_on);
  if (const auto* area = site.area_with_login_at(*path)) co_return co_await answer_login(*area, request, *path, body);
  const auto* area = site.area_of(*path);
  if (area == nullptr) co_return co_await answer_admitted(request, *path, true, body);
  auto admission = co_await admit(worker_, *area, request.head, *gate_);
  if (!admission.user) co_return turn_away(*area, request, std::move(admission.challenges));
  auto response = co_await answer_admitted(request, *path, false, body);
  response.user = *std::move(admission.user);
  // A cookie does not keep caches from storing, as Authorization does (RFC 9111, section 3.5), nor the browser from
  // showing it to whoever comes next.
  if (area->scheme == AuthenticationScheme::form) response.more_fields = "Cache-Control: private, no-cache\r\n";
  co_return response;
}

/// Nothing if the site is for connections of any kind, or this one is secure.
std::optional<Response> Responder::to_https(const Request& request, std::string_view path) const {
  const auto& config = request.site.config();
  if (!config.https_only || request.is_secure) return std::nullopt;
  const auto host = request.authority.host.empty() && !config.names.empty() ? std::string_view{config.names.front()}
                                                                            : request.authority.host;
  constexpr std::uint16_t usual_port = 443;
  const auto port = https_port_ == usual_port ? std::string{} : fmt::format(":{}", https_port_);
  return redirect(request, 301, fmt::format("https://{}{}{}", host, port, location_of(path, request.target)));
}

/// is_for_all  the document may be kept for whoever asks for it
net::Task<Response> Responder::answer_admitted(const Request& request, const std::string& path, bool is_for_all,
                                               BodyReader& body) {
  const auto& site = request.site;
  const auto method = request.head.method();
  if (const auto* application = site.application_of(path)) {
    const auto methods = application->methods();
    if (method == "OPTIONS") co_return allow(request, 204, methods);
    if (!is_listed(method, methods)) co_return allow(request, 405, methods);
    co_return co_await application->answer(worker_, request, body);
  }
  if (auto early = answer_before_looking(request, path)) co_return *std::move(early);
  if (site.config().uploads && files::is_partial_name(path.substr(path.rfind('/') + 1))) {
    co_return answer_with(Missing{files::error_of(ENOENT)}, request);  // an upload that is under way, or was cut off
  }
  if (method == "PUT") co_return co_await store(request, path, body);
  if (method == "DELETE") co_return co_await remove(request, path);

  const auto listing_form = request.prefers_json() ? ListingForm::json : ListingForm::html;
  const auto sites = sites_;
  auto found = co_await worker_.run_blocking([&] { return site.find(path, listing_form); });
  // Compressing takes the time of a processor, and whoever looks for a file is not to wait for that. Whoever comes
  // while a document is being compressed for somebody else gets it as it is.
  if (auto* document = std::get_if<std::shared_ptr<const Document>>(&found)) {
    const bool is_wanted = (*document)->is_to_be_compressed && takes_gzip(request.head.fields());
    if (is_wanted && compressing_.insert(path).second) {
      *document = co_await worker_.run_computing([&] { return compress(**document, site.style()); });
      compressing_.erase(path);
    }
    const bool is_of_now = sites == sites_;  // there was no reload meanwhile
    // A path in other words would be one more open file for the same document.
    const bool is_canonical = http::encode_path(path) == request.target.path;
    if (is_for_all && is_of_now && is_canonical) cache_.keep(site, request.target.path, *document, net::Clock::now());
    co_return answer_with(**document, request);
  }
  cache_.forget(site, request.target.path);
  if (std::holds_alternative<FolderWithoutSlash>(found)) {
    co_return redirect(request, 301, location_of(path + '/', request.target));
  }
  if (auto* listing = std::get_if<Listing>(&found)) {
    const auto* const type = listing_form == ListingForm::json ? "application/json" : html_type;
    FieldList fields;
    fields.emplace_back("Vary", "Accept");
    co_return text(site, 200, type, std::move(listing->text), std::move(fields));
  }
  co_return answer_with(std::get<Missing>(found), request);
}

/// What does not depend on what is there.
std::optional<Response> Responder::answer_before_looking(const Request& request, std::string_view path) const {
  const auto& config = request.site.config();
  const auto method = request.head.method();
  if (method == "OPTIONS") return allow(request, 204, methods_of(request.site));
  const bool changes = config.uploads && (method == "PUT" || method == "DELETE");
  if (!request.is_get_or_head() && !changes) return allow(request, 405, methods_of(request.site));
  const auto* moved = request.site.redirect_of(path);
  if (moved == nullptr) return std::nullopt;
  auto to = moved->to;
  if (moved->from.ends_with('*') && to.ends_with('*')) {
    to.pop_back();
    to += http::encode_path(path.substr(moved->from.size() - 1));
  }
  const bool may_have_query = to.find_first_of("?#") == to.npos;
  if (request.target.has_query && may_have_query) to += fmt::format("?{}", request.target.query);
  return redirect(request, moved->status, std::move(to));
}

Response Responder::answer_with(const Document& document, const Request& request) const {
  const auto& site = request.site;
  const auto& fields = request.head.fields();
  const auto* form = &document.itself();
  if (document.varies || fields.has("Accept-Encoding")) {
    constexpr std::array known{std::string_view{"br"}, std::string_view{"gzip"}};
    std::array<std::string_view, known.size()> available;
    std::size_t count = 0;
    for (const auto coding : known) {
      if (document.find(coding) != nullptr) available[count++] = coding;
    }
    const auto coding = http::choose_coding(fields, std::span{available}.first(count));
    if (!coding) return fault(site, 406, {{"Vary", "Accept-Encoding"}}, "No form of this is in a coding you take.");
    form = document.find(*coding);
  }
  const auto now = seconds_now();
  const http::Representation representation{.tag = form->entity_tag(), .modified = document.modified};
  switch (http::evaluate_conditions(request.head.method(), fields, representation, now)) {
    case http::Verdict::not_modified: {
      Response response;
      response.status = 304;
      response.head = site.style().head(304, document.fields_of(*form));
      return response;
    }
    case http::Verdict::precondition_failed:
      return fault(site, 412);
    case http::Verdict::proceed:
      break;
  }
  const auto range = request.head.method() == "GET" ? fields.find("Range") : std::nullopt;
  if (range && http::if_range_holds(fields, representation, now)) {
    const auto resolved = http::resolve_ranges(*range, form->bytes);
    if (resolved.answer() == http::RangeAnswer::not_satisfiable) {
      return fault(site, 416, {{"Content-Range", http::to_text(http::ContentRange{std::nullopt, form->bytes})}});
    }
    if (resolved.answer() == http::RangeAnswer::partial) {
      return partial(document, *form, resolved.ranges(), site.style());
    }
  }
  Response response;
  response.head = form->head;
  response.body = form->part(0, form->bytes);
  return response;
}

Response Responder::answer_with(const Missing& missing, const Request& request) const {
  const auto status = status_of(missing.why);
  if (missing.is_without_listing) {
    return fault(request.site, status, {}, "This folder has no page of its own, and what is in it is not listed.");
  }
  return fault(request.site, status, {}, why_not(status));
}

Response Responder::redirect(const Request& request, int status, std::string location, FieldList fields) {
  auto html = html_page(fmt::format("{} {}", status, http::reason_phrase(status)),
                        fmt::format("<p>It is at <a href=\"{0}\">{0}</a>.</p>\n", html_text(location)));
  fields.emplace_back("Location", std::move(location));
  return page(request.site, status, std::move(html), std::move(fields));
}

/// What may be asked for (RFC 9110, sections 9.3.7 and 15.5.6).
Response Responder::allow(const Request& request, int status, std::string_view methods) const {
  FieldList fields{{"Allow", std::string{methods}}};
  if (status != 204) return fault(request.site, status, std::move(fields));
  Response response;
  response.status = status;
  response.head = request.site.style().head(status, std::move(fields));
  return response;
}

Response Responder::page(const Site& site, int status, std::string html, FieldList fields) {
  return text(site, status, html_type, std::move(html), std::move(fields));
}

Response Responder::text(const Site& site, int status, std::string media_type, std::string text, FieldList fields) {
  Response response;
  response.status = status;
  fields.emplace_back("Content-Type", std::move(media_type));
  fields.emplace_back("Content-Length", std::to_string(text.size()));
  response.head = site.style().head(status, std::move(fields));
  response.body.emplace_back(std::move(text));
  return response;
}

Response Responder::fault(const Site& site, const BodyFault& fault) {
  auto response = Responder::fault(site, fault.status, {}, fault.explanation);
  response.closes = true;
  return response;
}

Response Responder::fault(const Site& site, int status, FieldList fields, std::string_view explanation) {
  const auto title = fmt::format("{} {}", status, http::reason_phrase(status));
  const auto text = explanation.empty() ? std::string{} : fmt::format("<p>{}</p>\n", html_text(explanation));
  return page(site, status, html_page(title, fmt::format("<h1>{}</h1>\n{}", title, text)), std::move(fields));
}

}  // namespace labnet::http_server
