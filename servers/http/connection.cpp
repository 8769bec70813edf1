#include "servers/http/connection.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include <boost/container/small_vector.hpp>

#include "common/http/framing.hpp"
#include "common/log/clock.hpp"
#include "common/net/read_buffer.hpp"
#include "servers/http/limits.hpp"

namespace labnet::http_server {
namespace {

constexpr net::Timeout farewell_timeout{2'000};

std::string text_of(const net::TlsDetails& details) {
  auto text = std::string{net::to_string(details.version)};
  std::erase(text, ' ');
  return fmt::format("{} {}", text, details.server_name.empty() ? "-" : details.server_name);
}

/// Without its end, be that CR LF or LF, and without the empty line that may stand in front of it.
std::string_view first_line_of(std::string_view text) {
  if (text.starts_with("\r\n")) text.remove_prefix(2);
  text = text.substr(0, text.find('\n'));
  return text.substr(0, text.find('\r'));
}

/// What is to be sent in the next write. As long as nothing is, it holds no memory.
class Output {
 public:
  /// spare  room that many share, one after the other
  explicit Output(std::string& spare) : spare_{spare} {}

  bool empty() const { return pieces_.empty(); }
  std::uint64_t bytes() const { return bytes_ + file_bytes_; }
  bool has_files() const { return file_bytes_ > 0; }
  bool is_full() const { return bytes_ >= queued_bytes_max || pieces_.size() >= queued_pieces_max; }

  /// Where to append text to; `take_text` makes it a piece.
  std::string& text() {
    if (text_.empty()) text_.swap(spare_);
    return text_;
  }
  void take_text() {
    if (text_end_ == text_.size()) return;
    if (!pieces_.empty() && std::holds_alternative<TextPiece>(pieces_.back())) {
      std::get<TextPiece>(pieces_.back()).size += text_.size() - text_end_;
    } else {
      pieces_.emplace_back(TextPiece{text_end_, text_.size() - text_end_});
    }
    bytes_ += text_.size() - text_end_;
    text_end_ = text_.size();
  }
  void add(Body body) {
    for (auto& piece : body) {
      if (const auto* text = std::get_if<std::string>(&piece)) {
        this->text() += *text;
      } else if (const auto* shared = std::get_if<SharedBytes>(&piece); shared && shared->bytes.size() <= copied_max) {
        this->text() += as_text(shared->bytes);
      } else {
        take_text();
        (shared != nullptr ? bytes_ : file_bytes_) +=
            shared != nullptr ? shared->bytes.size() : std::get_if<FilePart>(&piece)->bytes;
        pieces_.push_back(shared != nullptr ? Piece{std::move(*std::get_if<SharedBytes>(&piece))}
                                            : Piece{std::move(*std::get_if<FilePart>(&piece))});
      }
    }
    take_text();
  }

  /// False if not all of it can be written without waiting for anything: `write_to` goes on.
  bool write_at_once(net::Stream& stream) {
    Gathered gathered;
    for (const auto& piece : pieces_) {
      if (std::holds_alternative<FilePart>(piece)) return false;
      gathered.push_back(bytes_of(piece));
    }
    if (!stream.write_at_once(gathered)) return false;
    clear();
    return true;
  }

  /// All of it, until the client does not take it.
  /// written  in bytes
  net::Task<bool> write_to(net::Stream& stream, net::Worker& worker, net::Timeout stall_timeout,
                           net::Progress& written) {
    Gathered gathered;
    for (std::size_t i = 0; i <= pieces_.size(); ++i) {
      const auto* part = i < pieces_.size() ? std::get_if<FilePart>(&pieces_[i]) : nullptr;
      if (i < pieces_.size() && part == nullptr) {
        gathered.push_back(bytes_of(pieces_[i]));
        continue;
      }
      if (!gathered.empty()) {
        auto writing = part != nullptr ? stream.write_before_file(gathered, stall_timeout)
                                       : stream.write_steadily(gathered, stall_timeout);
        const auto result = co_await std::move(writing);
        if (!result) co_return false;
        for (const auto& bytes : gathered) written += bytes.size();
        gathered.clear();
      }
      if (part == nullptr) continue;
      const auto sent =
          co_await stream.send_file(worker, part->file->get(), part->offset, part->bytes, stall_timeout, written);
      if (!sent) co_return false;
    }
    clear();
    co_return true;
  }

 private:
  static constexpr std::size_t copied_max = 2'048;  // shorter bodies are copied: one piece less costs less
  static constexpr std::size_t text_kept_bytes = 4'096;

  struct TextPiece {
    std::size_t begin, size;
  };
  using Piece = std::variant<TextPiece, SharedBytes, FilePart>;
  using Gathered = boost::container::small_vector<Bytes, 4>;

  Bytes bytes_of(const Piece& piece) const {
    if (const auto* shared = std::get_if<SharedBytes>(&piece)) return shared->bytes;
    const auto& place = std::get<TextPiece>(piece);
    return as_bytes(std::string_view{text_}.substr(place.begin, place.size));
  }
  void clear() {
    pieces_.clear();
    text_.clear();
    if (text_.capacity() <= text_kept_bytes) text_.swap(spare_);
    std::string{}.swap(text_);  // an assignment would keep its memory
    text_end_ = bytes_ = file_bytes_ = 0;
  }

  std::string& spare_;
  std::string text_;
  std::size_t text_end_ = 0;  // of what is in pieces already
  std::vector<Piece> pieces_;
  std::size_t bytes_ = 0;         // in memory
  std::uint64_t file_bytes_ = 0;  // in files
};

/// A line of the access log that waits until it is known how much of the body the client has taken.
struct HeldLine {
  std::uint64_t body_bytes = 0;  // of which it is the last in the output
  std::string user, first_line, referer, user_agent;
  http::Time time{};
  int status = 0;
};

class Connection {
 public:
  Connection(Context& context, net::Stream stream, std::string_view objection)
      : context_{context},
        stream_{std::move(stream)},
        objection_{objection},
        client_{stream_.peer().address.to_string()},
        head_until_{net::deadline_after(context_.limits.head_timeout)},
        on_stop_{context_.worker.on_stop([this] { stream_.interrupt_read(); })} {
    auto tls = stream_.tls();
    if (!tls) return;
    tls_text_ = text_of(*tls);
    server_name_ = std::move(tls->server_name);
  }

  net::Task<void> serve() {
    while (!is_over_) {
      const auto head = reader_.read(input_.unread());
      has_head_ = head && *head;
      if (!head) {
        refuse(http::status_of(head.error()), http::describe(head.error()));
      } else if (!*head) {
        if (!co_await read_more()) break;
      } else if (!objection_.empty()) {
        refuse(400, objection_);
      } else if (!answer_at_once(**head)) {
        co_await answer(**head);
      }
      if ((output_.is_full() || held_line_) && !co_await flush()) break;
    }
    if (!is_broken_ && co_await flush()) co_await stream_.finish(farewell_timeout);
  }

 private:
  const LimitsConfig& limits() const { return context_.limits; }
  bool is_secure() const { return stream_.is_secure(); }

  net::Task<bool> flush() {
    if (is_flushed()) co_return !is_broken_;
    const auto bytes = output_.bytes();
    net::Progress written{0};
    stream_.expect({limits().response_timeout, limits().response_bytes_per_second_min});
    const bool is_written = co_await output_.write_to(stream_, context_.worker, limits().stall_timeout, written);
    if (!is_written) is_over_ = is_broken_ = true;
    if (held_line_) note_held_line(bytes - written);
    co_return is_written;
  }

  /// Without waiting for anything, if that can be.
  bool is_flushed() {
    if (output_.empty()) return true;
    if (is_over_ && !output_.has_files()) stream_.end_with_next_write();
    if (!output_.write_at_once(stream_)) return false;
    if (held_line_) note_held_line(0);
    return true;
  }

  /// False if that is the end of the connection.
  net::Task<bool> read_more() {
    if (!is_flushed() && !co_await flush()) co_return false;
    const bool is_idle = input_.unread().empty();
    if (is_idle) {
      input_.shrink();
      if (context_.worker.is_stopping()) co_return false;
    } else if (!head_until_) {
      head_until_ = net::deadline_after(limits().head_timeout);
    }
    const auto until = head_until_ ? *head_until_ : net::deadline_after(limits().keep_alive_timeout);
    const auto room = input_.room();
    reader_.head().set_base(as_text(input_.unread()).data());  // it may have moved
    const auto count = co_await stream_.read_some(room, until);
    if (count) {
      if (is_idle) head_until_.reset();
      input_.add(*count);
      co_return true;
    }
    if (count.error() != net::StreamFault::deadline) {
      is_broken_ = count.error() != net::StreamFault::closed;
    } else if (!is_idle) {
      refuse(408, "The request's head did not come in time.");
    }
    co_return false;
  }

  /// True if it was possible without waiting for anything.
  bool answer_at_once(std::size_t head_bytes) {
    const auto& head = reader_.head();
    destination_ = http::destination_of(head);
    framing_ = http::framing_of(head);
    if (!*destination_ || !*framing_ || (*framing_)->kind != http::BodyKind::none) return false;
    if (head.fields().has("Expect")) return false;
    find_site();
    if (misdirection()) return false;
    auto response = context_.responder.answer_at_once(request());
    if (!response) return false;
    queue(*std::move(response));
    begin_next(head_bytes);
    return true;
  }

  net::Task<void> answer(std::size_t head_bytes) {
    if (!co_await flush()) co_return;
    const auto& head = reader_.head();
    if (!*destination_) co_return refuse(400, http::describe(destination_->error()));
    if (!*framing_) co_return refuse(http::status_of(framing_->error()), http::describe(framing_->error()));
    find_site();
    if (const auto why = misdirection()) {
      queue(Responder::fault(*site_, 421, {}, *why));
      co_return begin_next(head_bytes);
    }
    if (http::expectation_of(head) == http::Expectation::unknown) co_return refuse(417, "");
    BodyReader body{stream_, limits(), **framing_, input_.unread().subspan(head_bytes),
                    http::expectation_of(head) == http::Expectation::continue_100};
    auto response = co_await context_.responder.answer(request(), body);
    // Where nobody has wanted the body it must go before the next request; a long one ends the connection instead.
    if (!co_await body.discard(discarded_bytes_max, discarding_time_max)) response.closes = true;
    queue(std::move(response));
    begin_next(head_bytes + body.used_of_already());
    input_.append(body.beyond());
  }

  void find_site() {
    const auto& found = context_.responder.sites()->find((*destination_)->authority.host);
    if (found != site_) site_ = found;
  }

  /// A client may only be told what it has asked its own host for: its certificate was that one's (RFC 9110,
  /// section 15.5.20). What is to be secure is not told in clear, and this is no proxy for other schemes (section
  /// 7.4).
  std::optional<std::string_view> misdirection() const {
    const auto scheme = (*destination_)->target.scheme;  // of the absolute form alone
    if (!scheme.empty() && !equals_ignoring_case(scheme, is_secure() ? "https" : "http")) {
      return "This connection is not the one of the URI's scheme.";
    }
    if (!is_secure()) return std::nullopt;
    if (!site_->config().tls.is_offered()) return "This site is not served by TLS.";
    if (server_name_.empty() || context_.responder.sites()->find(server_name_) == site_) return std::nullopt;
    return "This connection was made for another host.";
  }

  Request request() const {
    return {.head = reader_.head(),
            .target = (*destination_)->target,
            .authority = (*destination_)->authority,
            .site = *site_,
            .is_secure = is_secure(),
            .client = client_};
  }

  void begin_next(std::size_t head_bytes) {
    input_.skip(head_bytes);
    reader_.clear();
    head_until_.reset();
  }

  /// The last response: nobody knows where the next request would begin.
  void refuse(int status, std::string_view explanation) {
    if (!site_) site_ = context_.responder.sites()->all().front();
    auto response = Responder::fault(*site_, status, {}, explanation);
    response.closes = true;
    queue(std::move(response));
  }

  void queue(Response&& response) {
    ++requests_;
    const auto& head = reader_.head();
    context_.counts.count(has_head_ ? head.method() : "", response.status);
    const bool goes_on = !response.closes && requests_ < limits().requests_per_connection_max &&
                         !context_.worker.is_stopping() && http::keeps_alive(head.version(), head.fields());
    if (!goes_on) is_over_ = true;
    const auto now = seconds_now();
    const bool has_body = head.method() != "HEAD" && response.status != 304 && response.status != 204;
    response.head->append_to(output_.text(), context_.date.of(now), own_fields(response, goes_on));
    const auto body_bytes = has_body ? size_of(response.body) : 0;
    output_.take_text();
    if (has_body) output_.add(std::move(response.body));
    if (!context_.access_log) return;
    const LoggedRequest line{.client = client_,
                             .user = response.user,
                             .time = now,
                             .first_line = first_line_of(as_text(input_.unread())),
                             .status = response.status,
                             .body_bytes = body_bytes,
                             .referer = head.fields().find("Referer").value_or(""),
                             .user_agent = head.fields().find("User-Agent").value_or(""),
                             .tls = tls_text_};
    if (body_bytes < held_line_body_bytes_min) {
      context_.access_log->add(line);
    } else {
      held_line_ = std::make_unique<HeldLine>(HeldLine{body_bytes, std::string{line.user}, std::string{line.first_line},
                                                       std::string{line.referer}, std::string{line.user_agent}, now,
                                                       line.status});
    }
  }

  /// What differs from one response to the next with the same head.
  std::string_view own_fields(const Response& response, bool goes_on) {
    const auto of_connection = connection_fields(goes_on);
    if (response.more_fields.empty()) return of_connection;
    return own_fields_text_ = fmt::format("{}{}", response.more_fields, of_connection);
  }

  std::string_view connection_fields(bool goes_on) {
    if (!goes_on) return "Connection: close\r\n";
    const auto& head = reader_.head();
    switch (context_.like) {
      case Like::nginx:
        return "Connection: keep-alive\r\n";
      case Like::apache:
        if (!head.fields().list_has("Connection", "keep-alive")) return "";
        connection_text_ =
            fmt::format("Keep-Alive: timeout={}, max={}\r\nConnection: Keep-Alive\r\n",
                        std::chrono::duration_cast<std::chrono::seconds>(limits().keep_alive_timeout).count(),
                        limits().requests_per_connection_max - requests_);
        return connection_text_;
      case Like::labnet:
        break;
    }
    return head.version() == http::Version::http_1_0 ? "Connection: keep-alive\r\n" : "";
  }

  /// missing  bytes of the output that the client has not taken
  void note_held_line(std::uint64_t missing) {
    const auto line = std::move(held_line_);
    context_.access_log->add({.client = client_,
                              .user = line->user,
                              .time = line->time,
                              .first_line = line->first_line,
                              .status = line->status,
                              .body_bytes = line->body_bytes - std::min(missing, line->body_bytes),
                              .referer = line->referer,
                              .user_agent = line->user_agent,
                              .tls = tls_text_});
  }

  Context& context_;
  net::Stream stream_;
  std::string_view objection_;  // to whatever is asked
  std::string client_, tls_text_, server_name_;
  http::RequestHeadReader reader_;
  net::ReadBuffer input_{input_bytes_first, http::head_bytes_max};
  Output output_{context_.spare_text};
  std::optional<Result<http::Destination, http::TargetFault>> destination_;
  std::optional<Result<http::Framing, http::FramingFault>> framing_;
  std::shared_ptr<const Site> site_;
  std::string connection_text_, own_fields_text_;
  std::optional<net::Clock::time_point> head_until_;  // nothing: none of it has been waited for
  std::unique_ptr<HeldLine> held_line_;
  std::uint64_t requests_ = 0;
  bool has_head_ = false;  // the reader has a whole one
  bool is_over_ = false;
  bool is_broken_ = false;
  net::Worker::Registration on_stop_;
};

}  // namespace

net::Task<void> serve_connection(Context& context, net::Stream stream, std::string_view objection) {
  Connection connection{context, std::move(stream), objection};
  co_await connection.serve();
}

}  // namespace labnet::http_server
