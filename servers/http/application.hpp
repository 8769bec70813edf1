// What answers at a path of a site in place of documents.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "common/net/runtime.hpp"
#include "servers/http/body_reader.hpp"
#include "servers/http/config.hpp"
#include "servers/http/request.hpp"
#include "servers/http/response.hpp"

namespace labnet::http_server {

/// Never changed, and shared by all workers.
class Application {
 public:
  virtual ~Application() = default;

  /// Of the field Allow: "GET, HEAD, POST, OPTIONS". Other methods do not come here, nor does OPTIONS.
  virtual std::string_view methods() const = 0;
  /// True if it answers at all paths below its own, too.
  virtual bool answers_below() const { return false; }
  /// body  what is not read of it is the caller's
  virtual net::Task<Response> answer(net::Worker& worker, const Request& request, BodyReader& body) const = 0;
};

/// Says in JSON what has come: method, target, fields, the body's length and hash; of a form its fields and files.
std::shared_ptr<const Application> make_echo();
/// Stores the files of a posted form in a folder of the site, and sends the browser there; where there would be nothing
/// to be seen, it answers with a page of links to the files.
/// folder  decoded and absolute, with "/" at its end
std::shared_ptr<const Application> make_upload(std::string folder);
/// Comments that anybody posts and reads, each on a topic: as a page for a frame, or as JSON.
/// file    where they are stored; made if it is not there. None: they are kept in memory
/// faults  the file cannot be opened, or is something else; a sentence
Result<std::shared_ptr<const Application>> make_comments(const std::optional<std::filesystem::path>& file);
/// Says whether certificates of the outside CA and of the lab CA were revoked (OCSP).
/// path     its own, decoded; what is asked by GET stands behind it
/// revoked  serial numbers, see ca::parse_serial; all others are good
std::shared_ptr<const Application> make_ocsp(std::string path, const std::vector<std::string>& revoked);

}  // namespace labnet::http_server
