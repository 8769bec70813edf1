// What a worker answers requests with: the documents of the sites, redirections, and what is to be said of faults.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "common/http/date.hpp"
#include "common/net/runtime.hpp"
#include "servers/http/body_reader.hpp"
#include "servers/http/document_cache.hpp"
#include "servers/http/gate.hpp"
#include "servers/http/request.hpp"
#include "servers/http/response.hpp"
#include "servers/http/site_set.hpp"

namespace labnet::http_server {

/// One worker's.
class Responder {
 public:
  Responder(net::Worker& worker, std::shared_ptr<const SiteSet> sites, std::shared_ptr<Gate> gate);
  void replace(std::shared_ptr<const SiteSet> sites);
  /// Where requests in clear are sent on to, if a site wants them secure.
  void set_https_port(std::uint16_t port) { https_port_ = port; }

  const std::shared_ptr<const SiteSet>& sites() const { return sites_; }

  /// From what is in memory; nothing if that has to be looked for: `answer` does.
  std::optional<Response> answer_at_once(const Request& request);
  /// body  of the request; what is not read of it is the caller's
  net::Task<Response> answer(const Request& request, BodyReader& body);
  /// A page that says what is wrong.
  static Response fault(const Site& site, int status, FieldList fields = {}, std::string_view explanation = {});
  /// The same for a body that has not come to its end, with which the connection ends, too.
  static Response fault(const Site& site, const BodyFault& fault);
  static Response page(const Site& site, int status, std::string html, FieldList fields = {});
  static Response text(const Site& site, int status, std::string media_type, std::string text, FieldList fields = {});
  /// location  of the field Location: an encoded path, or a URL
  static Response redirect(const Request& request, int status, std::string location, FieldList fields = {});

 private:
  net::Task<Response> answer_admitted(const Request& request, const std::string& path, bool is_for_all,
                                      BodyReader& body);
  net::Task<Response> answer_login(const ProtectedArea& area, const Request& request, const std::string& path,
                                   BodyReader& body);
  net::Task<Response> log_in(const ProtectedArea& area, const Request& request, const http::FormPairs& form);
  Response log_out(const ProtectedArea& area, const Request& request);
  net::Task<Response> store(const Request& request, const std::string& path, BodyReader& body);
  net::Task<Response> remove(const Request& request, const std::string& path);
  Response turn_away(const ProtectedArea& area, const Request& request, std::vector<std::string> challenges) const;
  Response answer_with(const Document& document, const Request& request) const;
  Response answer_with(const Missing& missing, const Request& request) const;
  Response allow(const Request& request, int status, std::string_view methods) const;
  std::optional<Response> to_https(const Request& request, std::string_view path) const;
  std::optional<Response> answer_before_looking(const Request& request, std::string_view path) const;

  net::Worker& worker_;
  std::shared_ptr<const SiteSet> sites_;
  std::shared_ptr<Gate> gate_;
  DocumentCache cache_;
  std::uint16_t https_port_ = 443;
  std::set<std::string, std::less<>> compressing_;  // paths, of any site
};

}  // namespace labnet::http_server
