// A host name's content: what its paths lead to.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "common/files/jail.hpp"
#include "servers/http/config.hpp"
#include "servers/http/document.hpp"

namespace labnet::http_server {

class Application;

/// What a path leads to beside a document.
struct FolderWithoutSlash {};  // the path of a folder, but for the "/" at its end
struct Listing {
  std::string text;
};
enum class ListingForm { html, json };
struct Missing {
  boost::system::error_code why;
  bool is_without_listing = false;  // a folder that only its names could be shown of
};
using Found = std::variant<std::shared_ptr<const Document>, FolderWithoutSlash, Listing, Missing>;

/// Never changed: a reload makes another one.
class Site {
 public:
  /// A fault is a sentence.
  /// before  the same site as it was made before a reload; null: it is made for the first time
  static Result<std::shared_ptr<const Site>> make(SiteConfig config, Like like, std::string server,
                                                  const Site* before = nullptr);

  const SiteConfig& config() const { return config_; }
  const HeadStyle& style() const { return style_; }
  const files::Jail& jail() const { return jail_; }

  /// What is perhaps not meant as it stands in the configuration, a sentence each: parts that only some may see, of
  /// which there is nothing, or which nobody may see. Blocks.
  std::vector<std::string> doubts() const;

  /// path  decoded and absolute, see http::decode_path. Blocks.
  Found find(const std::string& path, ListingForm listing_form) const;
  /// Whether a browser that is sent to a folder sees something there: its index, or its names. Blocks.
  /// path  decoded and absolute, with "/" at its end
  bool shows_folder(const std::string& path) const;
  /// Where a path is sent on to, and how; null: nowhere.
  const Redirect* redirect_of(std::string_view path) const;
  /// The part of the site with the longest path that a path stands in, if only some may see it; null: everybody.
  const ProtectedArea* area_of(std::string_view path) const;
  /// Whether links have led from a path, where `opened` was found, into a part of the site that only some may see and
  /// that the path itself is not in. Blocks.
  bool is_way_round(std::string_view path, const FileDescriptor& opened) const;
  /// The same, of a file that is to be made or removed: of the folder that it stands in.
  bool is_way_round(const std::string& path) const;
  /// The part of the site for which one logs in at a path; null: that is none of those.
  const ProtectedArea* area_with_login_at(std::string_view path) const;
  /// What answers at a path in place of documents: there, or at the longest path above for all below. Null: nothing
  /// does.
  const Application* application_of(std::string_view path) const;

 private:
  Site(SiteConfig config, HeadStyle style, files::Jail jail);
  files::FileResult<std::shared_ptr<const Document>> load(const std::string& path) const;
  Found find_in_folder(const std::string& path, ListingForm listing_form) const;
  Found unless_way_round(std::string_view path, std::shared_ptr<const Document> document) const;
  Result<std::shared_ptr<const Application>> make_application(const ApplicationConfig& config,
                                                              const Site* before) const;
  const ProtectedArea* area_with(std::string_view path) const;
  bool keeps_comments_in_memory(std::string_view path) const;

  SiteConfig config_;
  HeadStyle style_;
  files::Jail jail_;
  std::map<std::string, std::shared_ptr<const Application>, std::less<>> applications_;  // by their paths
};

/// The names of a folder in the order of their bytes, folders first: as a page, or as
/// [{"name":"a.txt","type":"file","size":5,"modified":"2026-02-13T10:15:00Z"}]; types are file, folder, link (one that
/// leads nowhere) and other; size is of files alone.
/// faults  whatever the system says
files::FileResult<std::string> list_folder(const files::Jail& jail, const std::string& path, ListingForm form);

}  // namespace labnet::http_server
