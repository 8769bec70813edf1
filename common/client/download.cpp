#include "common/client/download.hpp"

#include <fmt/format.h>

#include <cerrno>

#include "common/base/utf8.hpp"
#include "common/files/destination.hpp"

namespace labnet::client {

Download::Download(std::filesystem::path path, std::string file_name, files::Jail folder)
    : path_{std::move(path)},
      file_name_{std::move(file_name)},
      name_{fmt::format("/{}", file_name_)},
      folder_{std::move(folder)} {}

Result<Download> Download::to(const std::filesystem::path& path) {
  const auto end = files::follow_links(path);
  if (!end) return end.error();
  const auto parent = end->has_parent_path() ? end->parent_path() : std::filesystem::path{"."};
  auto folder = files::Jail::open(parent);
  if (!folder) return folder.error();
  Download download{path, end->filename().string(), *std::move(folder)};
  const auto status = download.folder_.link_status(download.name_);
  if (!status && status.error().value() != ENOENT) return download.fault(status.error());
  if (status && status->kind != files::FileKind::file) {
    return Error{printable(path.string()), " is there and no plain file; -o FILE gives another name"};
  }
  return download;
}

Error Download::fault(const boost::system::error_code& error) const {
  if (error.value() == ETXTBSY) return Error{printable(path_.string()), ": another program is fetching it already"};
  return Error{"cannot write ", printable(path_.string()), ": ", error.message()};
}

Result<Download::There> Download::there() const {
  const auto partial = folder_.link_status(fmt::format("/{}", files::partial_name(file_name_)));
  if (!partial && partial.error().value() != ENOENT) return fault(partial.error());
  if (partial && partial->kind == files::FileKind::file) return There{partial->bytes, true, partial->modified};
  const auto whole = folder_.status(name_);
  if (whole) return There{whole->bytes, false, whole->modified};
  if (whole.error().value() == ENOENT) return There{};
  return fault(whole.error());
}

net::Task<Result<int>> Download::begin(net::Worker& worker, std::uint64_t offset) {
  files::Upload::Options options;
  if (offset > 0) options.start = files::UploadStart::at;
  options.offset = offset;
  auto file = files::Upload::begin(folder_, name_, options);
  if (!file) co_return fault(file.error());
  file_.emplace(*std::move(file));
  while (!file_->is_ready()) {
    const auto copied = co_await worker.run_blocking([&] { return file_->copy_next(); });
    if (!copied) co_return fault(copied.error());
  }
  co_return file_->descriptor();
}

Result<void> Download::publish(std::optional<std::chrono::sys_seconds> modified) {
  if (const auto published = file_->publish(); !published) return fault(published.error());
  if (!modified) return {};
  const auto set = folder_.set_modification_time(name_, *modified);
  return set ? Result<void>{} : fault(set.error());
}

}  // namespace labnet::client
