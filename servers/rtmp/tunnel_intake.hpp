// What the connections of a tunnelled session have to know before a request of it is whole: whether its octets are
// wanted, and how many may be kept meanwhile. A session's requests may come on any number of connections at once.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

namespace labnet::rtmp_server {

/// Any thread may ask.
class TunnelIntake {
 public:
  /// bytes_max  of all bodies together that are under way
  explicit TunnelIntake(std::size_t bytes_max) : bytes_max_{bytes_max} {}

  enum class Place : std::uint8_t {
    next,  // it is to be taken
    last,  // it has been taken: its octets are not wanted again, its answer is
    none
  };
  Place place_of(std::uint32_t number) const;
  /// The session has taken that one, which was the next.
  void take(std::uint32_t number) { last_ = number; }

  /// The octets that one connection keeps of a body; given back when it goes.
  class Body {
   public:
    explicit Body(std::shared_ptr<TunnelIntake> intake) : intake_{std::move(intake)} {}
    ~Body() { intake_->bytes_ -= bytes_; }
    Body(const Body&) = delete;
    /// False: there are as many under way as there may be, and these are not counted.
    [[nodiscard]] bool add(std::size_t bytes);

   private:
    std::shared_ptr<TunnelIntake> intake_;
    std::size_t bytes_ = 0;
  };

 private:
  static constexpr std::int64_t none_yet = -1;

  const std::size_t bytes_max_;
  std::atomic<std::size_t> bytes_ = 0;
  std::atomic<std::int64_t> last_ = none_yet;
};

}  // namespace labnet::rtmp_server
