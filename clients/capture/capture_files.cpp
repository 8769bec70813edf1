// The files of one capture.
#include "clients/capture/capture_files.hpp"

namespace labnet::capture {
namespace {

constexpr std::size_t write_bytes = 256 * 1024;

}  // namespace

Buffer pcapng_head(const Options& options, packet::LinkType link_type) {
  Buffer head;
  append_block(
      packet::SectionHeader{.operating_system = "Linux", .application = "labnet", .comments = options.comments}, head);
  append_block(packet::Interface{.link_type = link_type,
                                 .snap_bytes = options.tap.snap_bytes,
                                 .name = options.tap.interface,
                                 .description = options.description,
                                 .filter = options.tap.filter},
               head);
  if (!options.names.records.empty()) append_block(options.names, head);
  return head;
}

Result<CaptureFiles> CaptureFiles::create(const std::filesystem::path& path) {
  std::optional<Output> pcap;
  auto pcapng_path = path;
  if (path.extension() != ".pcapng") {
    auto file = files::PartFile::create(path);
    if (!file) return file.error();
    pcap.emplace(std::move(*file));
    pcapng_path.replace_extension(".pcapng");
  }
  auto file = files::PartFile::create(pcapng_path);
  if (!file) return file.error();
  return CaptureFiles{std::move(pcap), Output{std::move(*file)}};
}

void CaptureFiles::begin(const Options& options, packet::LinkType link_type) {
  pcap_header_ = {.link_type = link_type, .snap_bytes = options.tap.snap_bytes};
  if (pcap_) append_pcap_header(pcap_header_, pcap_->waiting);
  pcapng_head_ = pcapng_head(options, link_type);
  pcapng_.waiting = pcapng_head_;
}

Result<void> CaptureFiles::add(const packet::CapturedFrame& frame) {
  if (pcap_) {
    append_pcap_frame(pcap_header_, frame, pcap_->waiting);
    if (const auto written = write_if_large(*pcap_, write_bytes); !written) return written;
  }
  append_block(packet::Packet{0, frame, {}}, pcapng_.waiting);
  return write_if_large(pcapng_, write_bytes);
}

Result<void> CaptureFiles::write_if_large(Output& output, std::size_t bytes_min) {
  if (output.waiting.size() < bytes_min) return {};
  const auto written = output.file.write(output.waiting);
  output.waiting.clear();
  return written;
}

Result<void> CaptureFiles::save(const Report& report, packet::Timestamp end, std::string_view secrets) {
  append_block(packet::InterfaceStatistics{.interface = 0,
                                           .time = end,
                                           .received = report.received,
                                           .dropped = report.dropped_by_interface,
                                           .dropped_by_system = report.dropped,
                                           .delivered = report.captured},
               pcapng_.waiting);
  if (const auto written = write_if_large(pcapng_, 0); !written) return written;
  if (pcap_) {
    if (const auto written = write_if_large(*pcap_, 0); !written) return written;
  }
  if (const auto saved = secrets.empty() ? pcapng_.file.publish() : save_with_secrets(secrets); !saved) return saved;
  return pcap_ ? pcap_->file.publish() : Result<void>{};  // last: whoever waits for it finds the other one too
}

/// The secrets are known at the end, but belong before the frames: the file is written once more.
Result<void> CaptureFiles::save_with_secrets(std::string_view secrets) {
  auto file = pcapng_.file.create_successor();
  if (!file) return file.error();
  auto head = pcapng_head_;
  append_block(packet::DecryptionSecrets{.secrets = std::string{secrets}}, head);
  if (const auto written = file->write(head); !written) return written;
  if (const auto copied = file->copy_from(pcapng_.file, pcapng_head_.size()); !copied) return copied;
  return file->publish();
}

std::vector<std::filesystem::path> CaptureFiles::paths() const {
  if (!pcap_) return {pcapng_.file.path()};
  return {pcap_->file.path(), pcapng_.file.path()};
}

}  // namespace labnet::capture
