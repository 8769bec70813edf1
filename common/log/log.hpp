// The log of a program: one call makes a line for people or a JSON object for programs.
//
//   log::info("listens", {{"address", "udp://127.0.0.1:5300"}, {"workers", 2}});
//
//   2026-01-31 12:00:00.123 info    dns: listens address=udp://127.0.0.1:5300 workers=2
//   {"time":"2026-01-31T12:00:00.123Z","level":"info","name":"dns","message":"listens","address":"udp://...","workers":2}
//
// The message is a fixed text and says what happened; what differs from time to time is a field. Whatever comes from
// the network may stand in a field: control characters are escaped, and a line has a limit.
#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace labnet::log {

enum class Level { debug, info, warning, error };
enum class Format { text, json };

/// A key and a value. Text is not copied: it must live until the call returns, which a temporary does.
struct Field {
  using Value = std::variant<std::string_view, std::string, std::int64_t, std::uint64_t, double, bool>;

  Field(std::string_view name, std::string_view text) : key{name}, value{text} {}
  Field(std::string_view name, const std::string& text) : key{name}, value{std::string_view{text}} {}
  Field(std::string_view name, const char* text) : key{name}, value{std::string_view{text}} {}
  Field(std::string_view name, bool yes) : key{name}, value{yes} {}
  Field(std::string_view name, double number) : key{name}, value{number} {}
  Field(std::string_view name, std::signed_integral auto number) : key{name}, value{std::int64_t{number}} {}
  Field(std::string_view name, std::unsigned_integral auto number) : key{name}, value{std::uint64_t{number}} {}
  /// Anything with a to_string of its own, such as an Ipv4Address.
  template <class T>
  requires requires(const T& thing) {
    { to_string(thing) } -> std::same_as<std::string>;
  }
  Field(std::string_view name, const T& thing) : key{name}, value{to_string(thing)} {}

  std::string_view key;
  Value value;
};
using Fields = std::initializer_list<Field>;

void debug(std::string_view message, Fields fields = {});
void info(std::string_view message, Fields fields = {});
void warning(std::string_view message, Fields fields = {});
void error(std::string_view message, Fields fields = {});

/// For a field that is costly to make.
bool is_enabled(Level level);
void set_level(Level level);

constexpr std::size_t line_bytes_max = 4096;    // as much as a pipe takes whole (PIPE_BUF); further fields are left out
constexpr std::size_t queue_entries_max = 256;  // of the asynchronous mode: about 100 KiB

struct Options {
  std::string name;  // who writes, "dns"
  Level level = Level::info;
  Format format = Format::text;
  /// True: a thread of the log's own writes, and no caller ever waits. If the reader of stderr is slower than the
  /// program, the oldest lines are dropped, and a line says how many. For programs with one thread that end soon,
  /// false: each call writes.
  bool asynchronous = true;
  int descriptor = 2;
};

/// The log as it is while this object lives; when it goes, what is queued is written (a reader that has stopped
/// reading is not waited for). At most one at a time; make it before other threads begin, and after the last fork:
/// a forked child has no copy of the thread.
/// Without one, warnings and errors go to stderr as text, each call writes.
class Running {
 public:
  explicit Running(const Options& options);
  ~Running();
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace labnet::log
