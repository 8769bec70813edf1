#include "servers/http/document.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>

#include "common/coding/gzip.hpp"
#include "common/http/media_type.hpp"
#include "servers/http/limits.hpp"

namespace labnet::http_server {
namespace {

constexpr std::string_view gzip = "gzip", brotli = "br";

struct Sidecar {
  std::string_view coding;
  std::string_view end;  // of its name
};
constexpr std::array sidecars{Sidecar{brotli, ".br"}, Sidecar{gzip, ".gz"}};

std::int64_t to_nanoseconds(const timespec& time) {
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

FileStamp stamp_of(const struct stat& status) {
  return {.modified_ns = to_nanoseconds(status.st_mtim),
          .changed_ns = to_nanoseconds(status.st_ctim),
          .bytes = static_cast<std::uint64_t>(status.st_size),
          .is_linked = status.st_nlink > 0};
}

/// What gets smaller by being compressed: text, and what is text under another name.
bool is_compressible(std::string_view media_type) {
  const auto essence = media_type.substr(0, media_type.find(';'));
  constexpr std::array others{std::string_view{"application/javascript"}, std::string_view{"application/json"},
                              std::string_view{"application/xml"},        std::string_view{"application/wasm"},
                              std::string_view{"application/yaml"},       std::string_view{"image/svg+xml"}};
  return essence.starts_with("text/") || essence.ends_with("+xml") || essence.ends_with("+json") ||
         std::ranges::find(others, essence) != others.end();
}

files::FileResult<std::shared_ptr<const Buffer>> read_whole(int file, std::size_t bytes) {
  auto buffer = std::make_shared<Buffer>(bytes);
  for (std::size_t size = 0; size < bytes;) {
    const auto count = ::pread(file, buffer->data() + size, bytes - size, static_cast<off_t>(size));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return files::last_error();
    if (count == 0) return files::error_of(ENODATA);
    size += static_cast<std::size_t>(count);
  }
  return std::shared_ptr<const Buffer>{std::move(buffer)};
}

/// "29af-5f0c6a8b7e1c0": bytes and time in microseconds, as Apache has it; nginx has whole seconds, and first.
std::string tag_of(const FileStamp& stamp, Like like) {
  if (like == Like::nginx) return fmt::format("{:x}-{:x}", stamp.modified_ns / 1'000'000'000, stamp.bytes);
  return fmt::format("{:x}-{:x}", stamp.bytes, stamp.modified_ns / 1'000);
}

http::Time modified_of(const FileStamp& stamp) {
  return http::Time{std::chrono::seconds{stamp.modified_ns / 1'000'000'000}};
}

struct OpenedFile {
  FileDescriptor file;
  FileStamp stamp;
};

files::FileResult<OpenedFile> open_file(const files::Jail& jail, const std::string& path) {
  auto file = jail.open(path, O_RDONLY);
  if (!file) return file.error();
  struct stat status {};
  if (::fstat(file->get(), &status) != 0) return files::last_error();
  if (S_ISDIR(status.st_mode)) return files::error_of(EISDIR);
  if (!S_ISREG(status.st_mode)) return files::error_of(EACCES);
  return OpenedFile{*std::move(file), stamp_of(status)};
}

/// Of 200.
void add_head(const Document& document, Form& form, const HeadStyle& style) {
  auto fields = document.fields_of(form);
  fields.emplace_back("Content-Type", document.media_type);
  fields.emplace_back("Content-Length", std::to_string(form.bytes));
  fields.emplace_back("Accept-Ranges", "bytes");
  if (form.coding != http::identity) fields.emplace_back("Content-Encoding", std::string{form.coding});
  form.head = style.head(200, std::move(fields));
}

class Loading {
 public:
  Loading(const files::Jail& jail, const std::string& path, const HeadStyle& style, const MayServe& may_serve)
      : jail_{jail}, path_{path}, style_{style}, may_serve_{may_serve} {}

  files::FileResult<std::shared_ptr<const Document>> load(bool may_compress) {
    auto form = open(path_, http::identity);
    if (!form) return form.error();
    document_->media_type = http::media_type_of(path_);
    document_->modified = modified_of(form->stamp);
    document_->forms.push_back(*std::move(form));
    add_sidecars();
    document_->is_to_be_compressed = may_compress && is_worth_compressing();
    document_->varies = document_->forms.size() > 1 || document_->is_to_be_compressed;
    for (auto& one : document_->forms) add_head(*document_, one, style_);
    return std::shared_ptr<const Document>{std::move(document_)};
  }

 private:
  files::FileResult<Form> open(const std::string& path, std::string_view coding) {
    auto opened = open_file(jail_, path);
    if (!opened) return opened.error();
    Form form;
    form.coding = coding;
    form.stamp = opened->stamp;
    form.bytes = form.stamp.bytes;
    form.file = std::make_shared<const FileDescriptor>(std::move(opened->file));
    form.tag = tag_of(form.stamp, style_.like);
    if (coding != http::identity && style_.like != Like::nginx) form.tag += fmt::format("-{}", coding);
    if (form.bytes <= kept_file_bytes_max) {
      auto bytes = read_whole(form.file->get(), form.bytes);
      if (!bytes) return bytes.error();
      form.kept = *std::move(bytes);
      const auto now = std::chrono::system_clock::now().time_since_epoch();
      const auto age = now - std::chrono::nanoseconds{form.stamp.modified_ns};
      const bool is_young = age >= -settling_time && age < settling_time;
      if (is_young || FileStamp::of(form.file->get()) != form.stamp) document_->is_settled = false;
    }
    return form;
  }

  void add_sidecars() {
    for (const auto& one : sidecars) {
      const auto path = fmt::format("{}{}", path_, one.end);
      auto form = open(path, one.coding);
      const bool is_of_this = form && form->stamp.modified_ns >= document_->itself().stamp.modified_ns;
      if (is_of_this && may_serve_(path, *form->file)) document_->forms.push_back(*std::move(form));
    }
  }

  bool is_worth_compressing() const {
    const auto bytes = document_->itself().bytes;
    return bytes >= compressed_file_bytes_min && bytes <= compressed_file_bytes_max &&
           document_->find(gzip) == nullptr && is_compressible(document_->media_type);
  }

  const files::Jail& jail_;
  const std::string& path_;
  const HeadStyle& style_;
  const MayServe& may_serve_;
  std::shared_ptr<Document> document_ = std::make_shared<Document>();
};

}  // namespace

FileStamp FileStamp::of(int descriptor) {
  struct stat status {};
  if (::fstat(descriptor, &status) != 0) return {.is_linked = false};
  return stamp_of(status);
}

files::FileResult<Validators> validators_of(const files::Jail& jail, const std::string& path, Like like) {
  const auto opened = open_file(jail, path);
  if (!opened) return opened.error();
  return Validators{tag_of(opened->stamp, like), modified_of(opened->stamp)};
}

Body Form::part(std::uint64_t offset, std::uint64_t count) const {
  Body body;
  if (count == 0) return body;
  if (kept) {
    body.emplace_back(SharedBytes{kept, Bytes{*kept}.subspan(offset, count)});
  } else {
    body.emplace_back(FilePart{file, offset, count});
  }
  return body;
}

const Form* Document::find(std::string_view coding) const {
  const auto found = std::ranges::find(forms, coding, &Form::coding);
  return found == forms.end() ? nullptr : &*found;
}

FieldList Document::fields_of(const Form& form) const {
  FieldList fields{{"Last-Modified", std::string{http::Date{modified}.text()}},
                   {"ETag", http::to_text(form.entity_tag())}};
  if (varies) fields.emplace_back("Vary", "Accept-Encoding");
  return fields;
}

std::size_t Document::kept_bytes() const {
  std::size_t sum = 0;
  for (const auto& form : forms) sum += form.kept ? form.kept->size() : 0;
  return sum;
}

std::size_t Document::open_files() const {
  return static_cast<std::size_t>(std::ranges::count_if(forms, [](const Form& form) { return form.file != nullptr; }));
}

bool Document::is_current() const {
  return std::ranges::all_of(
      forms, [](const Form& form) { return !form.file || FileStamp::of(form.file->get()) == form.stamp; });
}

std::shared_ptr<const HeadTemplate> HeadStyle::head(int status, FieldList own) const {
  own.insert(own.end(), fields.begin(), fields.end());
  return std::make_shared<const HeadTemplate>(like, server, status, own);
}

files::FileResult<std::shared_ptr<const Document>> load_document(const files::Jail& jail, const std::string& path,
                                                                 const HeadStyle& style, bool may_compress,
                                                                 const MayServe& may_serve) {
  return Loading{jail, path, style, may_serve}.load(may_compress);
}

std::shared_ptr<const Document> compress(const Document& document, const HeadStyle& style) {
  auto made = std::make_shared<Document>(document);
  made->is_to_be_compressed = false;
  const auto& original = document.itself();
  auto bytes = original.kept;
  if (!bytes) {
    auto read = read_whole(original.file->get(), original.bytes);
    if (!read || FileStamp::of(original.file->get()) != original.stamp) return made;
    bytes = *std::move(read);
  }
  auto compressed = coding::gzip(*bytes);
  if (compressed.size() >= original.bytes) return made;
  Form form;
  form.coding = gzip;
  form.bytes = compressed.size();
  form.kept = std::make_shared<const Buffer>(std::move(compressed));
  form.tag = style.like == Like::nginx ? original.tag : fmt::format("{}-{}", original.tag, gzip);
  form.is_weak = style.like == Like::nginx;
  add_head(*made, form, style);
  made->forms.push_back(std::move(form));
  return made;
}

}  // namespace labnet::http_server
