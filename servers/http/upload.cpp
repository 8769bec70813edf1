// Files of a posted form, stored in a folder of the site (RFC 7578).
#include "common/files/upload.hpp"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "common/base/write_all.hpp"
#include "common/http/characters.hpp"
#include "common/http/target.hpp"
#include "servers/http/application.hpp"
#include "servers/http/form.hpp"
#include "servers/http/html.hpp"
#include "servers/http/limits.hpp"
#include "servers/http/responder.hpp"
#include "servers/http/storing.hpp"

namespace labnet::http_server {
namespace {

/// The last component of what a client calls its file, some with the folders of its disk (RFC 7578, section 4.2);
/// empty if nothing is left that may be a name here.
std::string name_of(std::string_view told) {
  const auto name = told.substr(told.find_last_of("/\\") + 1);
  return name.starts_with('.') || !http::is_value(name) ? std::string{} : std::string{name};
}

/// "photo (2).jpg" for the second one of that name.
std::string numbered(std::string_view name, int number) {
  if (number == 1) return std::string{name};
  const auto dot = std::min(name.rfind('.'), name.size());
  return fmt::format("{} ({}){}", name.substr(0, dot), number, name.substr(dot));
}

/// Each under a name that nobody has, and under none before it is whole.
class StoredFiles final : public FileReceiver {
 public:
  StoredFiles(net::Worker& worker, const files::Jail& jail, const std::string& folder)
      : worker_{worker}, jail_{jail}, folder_{folder} {}

  /// A part without a name is what a browser sends for a field of files that was left empty.
  net::Task<std::optional<BodyFault>> begin(const http::PartHead& head) override {
    name_ = name_of(*head.file_name);
    if (name_.empty() && !head.file_name->empty()) co_return BodyFault{400, "A file has a name that it may not have."};
    if (name_.empty()) co_return std::nullopt;
    for (int number = 1; number <= upload_names_max; ++number) {
      stored_as_ = numbered(name_, number);
      const auto path = folder_ + stored_as_;
      auto upload = co_await worker_.run_blocking(
          [&] { return files::Upload::begin(jail_, path, {.may_replace = false, .keeps_partial = false}); });
      if (upload) {
        upload_.emplace(*std::move(upload));
        co_return std::nullopt;
      }
      const auto error = upload.error();
      if (error.value() != EEXIST && error.value() != ETXTBSY) co_return fault_of(error);
    }
    co_return BodyFault{409, "There are too many files of that name."};
  }

  net::Task<std::optional<BodyFault>> write(Bytes bytes) override {
    if (!upload_) co_return std::nullopt;
    const auto error_number = co_await worker_.run_blocking([&] { return write_all(upload_->descriptor(), bytes); });
    if (error_number != 0) co_return fault_of(files::error_of(error_number));
    co_return std::nullopt;
  }

  net::Task<std::optional<BodyFault>> end() override {
    if (!upload_) co_return std::nullopt;
    const auto published = co_await worker_.run_blocking([&] { return upload_->publish(); });
    upload_.reset();
    if (!published) co_return fault_of(published.error());
    ++count_;
    if (names_.size() < upload_links_max) names_.push_back(std::exchange(stored_as_, {}));
    co_return std::nullopt;
  }

  std::size_t count() const { return count_; }
  /// What the first of them are called here.
  const std::vector<std::string>& names() const { return names_; }

 private:
  static BodyFault fault_of(const boost::system::error_code& error) {
    return {status_of_storing(error), "A file cannot be stored."};
  }

  net::Worker& worker_;
  const files::Jail& jail_;
  const std::string& folder_;
  std::string name_, stored_as_;
  std::optional<files::Upload> upload_;
  std::size_t count_ = 0;
  std::vector<std::string> names_;
};

class Upload final : public Application {
 public:
  explicit Upload(std::string folder) : folder_{std::move(folder)} {}

  std::string_view methods() const override { return "POST, OPTIONS"; }

  net::Task<Response> answer(net::Worker& worker, const Request& request, BodyReader& body) const override {
    StoredFiles files{worker, request.site.jail(), folder_};
    const auto fields = co_await read_form(request.head, body, files);
    if (!fields) co_return Responder::fault(request.site, fields.error());
    if (files.count() == 0) co_return Responder::fault(request.site, 400, {}, "There is no file in the form.");
    const auto is_shown = co_await worker.run_blocking([&] { return request.site.shows_folder(folder_); });
    if (is_shown) co_return Responder::redirect(request, 303, http::encode_path(folder_));
    FieldList headers;
    headers.emplace_back("Location", url_of(files.names().front()));
    co_return Responder::page(request.site, 201, page_of(files), std::move(headers));
  }

 private:
  std::string url_of(std::string_view name) const { return http::encode_path(fmt::format("{}{}", folder_, name)); }

  std::string page_of(const StoredFiles& files) const {
    std::string list;
    for (const auto& name : files.names()) {
      list += fmt::format("<li><a href=\"{}\">{}</a></li>\n", html_text(url_of(name)), html_text(name));
    }
    const auto more = files.count() - files.names().size();
    if (more > 0) list += fmt::format("<li>and {} more</li>\n", more);
    return html_page("201 Created", fmt::format("<h1>Stored</h1>\n<ul>\n{}</ul>\n", list));
  }

  std::string folder_;
};

}  // namespace

std::shared_ptr<const Application> make_upload(std::string folder) {
  return std::make_shared<const Upload>(std::move(folder));
}

}  // namespace labnet::http_server
