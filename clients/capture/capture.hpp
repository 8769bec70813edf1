// Captures the frames of one interface: opened, run until it is to stop, saved.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "clients/capture/capture_files.hpp"
#include "clients/capture/options.hpp"
#include "clients/capture/tap.hpp"

namespace labnet::capture {

///     auto capture = Capture::open(options);        // from here on no frame is missed
///     const auto report = capture->run({.after = 10s});
///     capture->save();                              // now the files are there, whole
///
/// It works in the network namespace of the thread that opens it.
class Capture {
 public:
  using OnFrame = std::function<void(const packet::CapturedFrame&)>;

  /// Faults: those of Tap::open and of CaptureFiles::create.
  static Result<Capture> open(const Options& options);
  /// With files that were made before this process entered the host where it captures; `options.file` is not looked at.
  static Result<Capture> open(const Options& options, std::optional<CaptureFiles> files);

  packet::LinkType link_type() const { return tap_.link_type(); }

  /// Reads frames until `stop`, then those that the kernel held at that moment. Call it once.
  /// on_frame  also gets each frame, in order; returns soon
  /// Faults: the interface has gone, the disk is full. What was captured until then can still be saved.
  /// That the reader of `options.stream` has gone is no fault: it ends the capture.
  Result<Report> run(const Stop& stop, const OnFrame& on_frame = {});

  /// Completes the files. Without this call nothing is left of them.
  /// secrets  the lines of a TLS key log, or nothing
  Result<void> save(std::string_view secrets = {});

  /// What `save` makes, or has made.
  std::vector<std::filesystem::path> paths() const;

 private:
  Capture(Options options, Tap tap, std::optional<CaptureFiles> files);
  Result<void> read(std::uint64_t frames_max);
  Result<void> drain();
  void take(const packet::CapturedFrame& frame);
  Result<void> flush_stream();
  std::uint64_t frames_left() const;

  Options options_;
  Tap tap_;
  std::optional<CaptureFiles> files_;
  Buffer stream_waiting_;
  bool stream_has_gone_ = false;
  Stop stop_;
  const OnFrame* on_frame_ = nullptr;
  Report report_;
  std::optional<Error> fault_;  // of a file, met while libpcap hands out frames
};

}  // namespace labnet::capture
