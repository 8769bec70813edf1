// What a capture shows of HTTP in clear: each request with its response.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "common/base/address.hpp"
#include "common/http/body_decoder.hpp"
#include "common/http/request_head.hpp"
#include "common/http/response_head.hpp"
#include "common/packet/capture_file.hpp"
#include "common/packet/frame.hpp"
#include "common/packet/tcp_reassembly.hpp"

namespace labnet::scenario {

/// Fields in their order, as they travelled: credentials as well, that is what is to be seen.
using HttpFields = std::vector<std::pair<std::string, std::string>>;
/// The value of the first field of that name, in any case; empty if there is none.
std::string_view field_of(const HttpFields& fields, std::string_view name);

struct HttpAnswer {
  std::uint64_t number = 0;  // of the frame in which the head ended, from 1
  packet::Timestamp time{};
  int status = 0;
  HttpFields fields{};
  std::uint64_t body_bytes = 0;  // as they travelled, compressed or not, without chunks' lines
  std::uint64_t frames = 0;      // that it came in

  std::string_view field(std::string_view name) const { return field_of(fields, name); }
  std::vector<std::string> field_names() const;  // in order
};

struct HttpExchange {
  Ipv4Address client{}, server{};
  std::uint16_t client_port = 0;
  std::uint64_t number = 0;  // of the frame in which the request's head ended
  packet::Timestamp time{};
  std::string method, target, host;
  HttpFields fields{};
  std::uint64_t body_bytes = 0;
  std::string form{};                  // the body, if it is a form and not too long to be kept
  std::optional<HttpAnswer> answer{};  // the last one: 100 and other 1xx are passed over
};

/// The port of HTTP servers (RFC 9110, section 4.2.1).
inline constexpr std::uint16_t http_port = 80;
inline constexpr std::uint16_t https_port = 443;

/// Takes frames that were taken apart one by one.
class HttpTableBuilder {
 public:
  static constexpr std::size_t exchanges_max = 10'000;
  static constexpr std::size_t connections_max = 10'000;
  static constexpr std::size_t form_bytes_max = 16 * 1024;         // that are kept of one form; of a longer one nothing
  static constexpr std::size_t forms_bytes_max = 8 * 1024 * 1024;  // of all

  void add(std::uint64_t number, packet::Timestamp time, const packet::Frame& frame);
  const std::vector<HttpExchange>& exchanges() const { return exchanges_; }

 private:
  using Key = std::tuple<Ipv4Address, std::uint16_t, Ipv4Address>;  // client, port, server

  /// What one side says: heads, and bodies behind them. After something that is no HTTP it is not read any more.
  template <class Reader>
  struct Side {
    packet::TcpReassembly stream;
    Reader reader;
    std::string head;  // as much of it as has come
    std::optional<http::BodyDecoder> body;
    std::size_t exchange = SIZE_MAX;  // that the message under way belongs to
    std::uint64_t frames = 0;         // of this message
    bool keeps_body = false;
    bool is_lost = false;
  };
  struct Connection {
    Ipv4Address client, server;
    std::uint16_t client_port;
    Side<http::RequestHeadReader> requests;
    Side<http::ResponseHeadReader> responses;
    std::deque<std::size_t> unanswered;  // exchanges, in order
  };

  struct Moment {
    std::uint64_t number;
    packet::Timestamp time;
  };
  template <class Reader>
  void take(Connection& connection, Side<Reader>& side, Bytes bytes, Moment moment);
  bool begin_message(Connection& connection, Side<http::RequestHeadReader>& side, Moment moment);
  bool begin_message(Connection& connection, Side<http::ResponseHeadReader>& side, Moment moment);
  /// data  more of the body, or nothing
  void take_body(Side<http::RequestHeadReader>& side, Bytes data);
  void take_body(Side<http::ResponseHeadReader>& side, Bytes data);

  std::map<Key, Connection> connections_;
  std::vector<HttpExchange> exchanges_;
  std::size_t forms_bytes_ = 0;
};

}  // namespace labnet::scenario
