#include "servers/lab/trust.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/file_descriptor.hpp"
#include "common/base/write_all.hpp"
#include "common/ca/folder.hpp"

namespace labnet::lab {
namespace {

/// The certificate of the user's CA in PEM, and no more than that; empty if there is none that can be read.
std::string lab_authority() {
  const auto folder = ca::usual_folder();
  const auto text = folder ? ca::Folder{*folder}.certificate_text() : std::nullopt;
  const auto certificate = text ? ca::parse_certificate(*text) : nullptr;
  return certificate ? ca::to_pem(certificate) : std::string{};
}

}  // namespace

Result<Trust> Trust::make(const std::filesystem::path& files) {
  const auto folder = files / ".trust";
  if (mkdir(folder.c_str(), 0755) < 0) return system_error("cannot make the folder " + folder.string());
  Trust trust{folder, {}};
  const auto authority = ca::Authority::make_outside(trust.outside_authority());
  if (!authority) return authority.error();
  trust.outside_ = authority->certificate_pem();
  if (const auto written = trust.refresh(); !written) return written.error();
  return trust;
}

Result<void> Trust::refresh() {
  auto text = outside_ + lab_authority();
  if (text == written_) return {};
  const FileDescriptor file{open(authorities().c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644)};
  // What a reader finds meanwhile begins with the outside world's, as before.
  if (!file || write_all(file.get(), as_bytes(text)) != 0 ||
      ftruncate(file.get(), static_cast<off_t>(text.size())) < 0) {
    return system_error("cannot write " + authorities().string());
  }
  written_ = std::move(text);
  return {};
}

}  // namespace labnet::lab
