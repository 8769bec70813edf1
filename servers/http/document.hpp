// A file of a site as it is now, with all that its responses need: heads, tags, and its other forms.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/bytes.hpp"
#include "common/base/file_descriptor.hpp"
#include "common/files/jail.hpp"
#include "common/http/accept.hpp"
#include "common/http/date.hpp"
#include "common/http/entity_tag.hpp"
#include "servers/http/head.hpp"
#include "servers/http/response.hpp"

namespace labnet::http_server {

/// What tells whether an open file is still what it was: one that was changed, replaced, renamed or removed differs.
struct FileStamp {
  std::int64_t modified_ns = 0;
  std::int64_t changed_ns = 0;  // of the inode: a rename counts
  std::uint64_t bytes = 0;
  bool is_linked = true;

  static FileStamp of(int descriptor);
  bool operator==(const FileStamp&) const = default;
};

/// The file itself, or what a content coding makes of it. Each has a tag of its own (RFC 9110, section 8.8.3.3): so a
/// browser that keeps the compressed form gets its 304 as well.
struct Form {
  std::string_view coding = http::identity;
  std::string tag;  // without quotation marks
  bool is_weak = false;
  std::uint64_t bytes = 0;
  std::shared_ptr<const Buffer> kept;          // in memory; null: it is read from `file`
  std::shared_ptr<const FileDescriptor> file;  // null: it was made in memory
  FileStamp stamp;                             // of `file`
  std::shared_ptr<const HeadTemplate> head;    // of 200

  http::EntityTag entity_tag() const { return {tag, is_weak}; }
  Body part(std::uint64_t offset, std::uint64_t count) const;
};

struct Document {
  std::string media_type;
  http::Time modified{};
  std::vector<Form> forms;           // the file itself first
  bool varies = false;               // there are more forms than one, or will be
  bool is_to_be_compressed = false;  // once somebody wants it so
  /// False: it was changed so shortly before that it may change again without being seen.
  bool is_settled = true;

  const Form& itself() const { return forms.front(); }
  const Form* find(std::string_view coding) const;
  /// What a response about one of the forms says in any case (RFC 9110, section 15.4.5).
  FieldList fields_of(const Form& form) const;
  /// Of what is in memory.
  std::size_t kept_bytes() const;
  std::size_t open_files() const;
  /// Whether the open files are still what they were. What was put in their place is seen by opening them anew.
  bool is_current() const;
};

/// What of a site's configuration goes into the heads.
struct HeadStyle {
  Like like = Like::labnet;
  std::string server;
  FieldList fields;  // of every response

  std::shared_ptr<const HeadTemplate> head(int status, FieldList own) const;
};

/// Of the file itself, for conditions (RFC 9110, section 8.8).
struct Validators {
  std::string tag;  // without quotation marks
  http::Time modified{};
};

/// Without reading the file. Blocks.
/// faults  as `load_document`
files::FileResult<Validators> validators_of(const files::Jail& jail, const std::string& path, Like like);

/// Whether what was opened at a path, which may be a link to anywhere below the root, may be served at that path.
using MayServe = std::function<bool(std::string_view path, const FileDescriptor& opened)>;

/// Opens and reads a file and its ready-made forms beside it ("page.html.gz", "page.html.br", if they are not older and
/// may be served). Blocks.
/// may_compress  it is to be compressed if somebody wants it so, there is no such form yet, and it is worth it
/// may_serve     asked of the forms beside the file; whether the file itself may be is the caller's to find out
/// faults  EISDIR: a folder; EACCES: neither file nor folder; whatever the system says
files::FileResult<std::shared_ptr<const Document>> load_document(const files::Jail& jail, const std::string& path,
                                                                 const HeadStyle& style, bool may_compress,
                                                                 const MayServe& may_serve);

/// A document that is to be compressed, with that form of it; without one if that would not be shorter, or if the file
/// has changed meanwhile. Takes the time of a processor.
std::shared_ptr<const Document> compress(const Document& document, const HeadStyle& style);

}  // namespace labnet::http_server
