#include "clients/scenario/http_table.hpp"

#include <algorithm>

#include "common/base/text.hpp"
#include "common/http/media_type.hpp"

namespace labnet::scenario {
namespace {

HttpFields fields_of(const http::Fields& fields) {
  HttpFields copied;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    copied.emplace_back(std::string{fields[i].name}, std::string{fields[i].value});
  }
  return copied;
}

bool has_form(const http::RequestHead& head) {
  const auto type = http::parse_media_type(head.fields().find("Content-Type").value_or(""));
  return type && http::is_form(*type);
}

}  // namespace

std::string_view field_of(const HttpFields& fields, std::string_view name) {
  const auto found =
      std::ranges::find_if(fields, [&](const auto& one) { return equals_ignoring_case(one.first, name); });
  return found == fields.end() ? std::string_view{} : std::string_view{found->second};
}

std::vector<std::string> HttpAnswer::field_names() const {
  std::vector<std::string> names;
  for (const auto& [name, value] : fields) names.push_back(name);
  return names;
}

void HttpTableBuilder::add(std::uint64_t number, packet::Timestamp time, const packet::Frame& frame) {
  if (!frame.tcp || !frame.ipv4) return;
  const auto& tcp = *frame.tcp;
  const bool is_response = tcp.source_port == http_port;
  if (!is_response && tcp.destination_port != http_port) return;
  const auto client = is_response ? frame.ipv4->destination : frame.ipv4->source;
  const auto server = is_response ? frame.ipv4->source : frame.ipv4->destination;
  const auto client_port = is_response ? tcp.destination_port : tcp.source_port;
  const Key key{client, client_port, server};
  auto known = connections_.find(key);
  const bool begins = tcp.has(packet::Tcp::flag_syn) && !tcp.has(packet::Tcp::flag_ack);
  if (known == connections_.end() || begins) {
    if (connections_.size() == connections_max) return;
    known = connections_.insert_or_assign(key, Connection{client, server, client_port, {}, {}, {}}).first;
  }
  auto& connection = known->second;
  const Moment moment{number, time};
  if (is_response) {
    take(connection, connection.responses, connection.responses.stream.add(tcp), moment);
  } else {
    take(connection, connection.requests, connection.requests.stream.add(tcp), moment);
  }
}

template <class Reader>
void HttpTableBuilder::take(Connection& connection, Side<Reader>& side, Bytes bytes, Moment moment) {
  if (!bytes.empty()) ++side.frames;
  while (!bytes.empty() && !side.is_lost) {
    if (side.body) {
      const auto step = side.body->decode(bytes);
      if (!step) {
        side.is_lost = true;
        break;
      }
      bytes = bytes.subspan(step->used);
      take_body(side, step->data);
      if (!side.body->finished()) continue;
      side.body.reset();
      side.frames = bytes.empty() ? 0 : 1;
      continue;
    }
    const auto had = side.head.size();
    side.head += as_text(bytes);
    const auto read = side.reader.read(as_bytes(std::string_view{side.head}));
    if (read && !*read) break;
    side.is_lost = !read || !begin_message(connection, side, moment);
    if (side.is_lost) break;
    bytes = bytes.subspan(**read - had);
    side.head.clear();
    side.reader.clear();
    take_body(side, {});
    if (!side.body->finished()) continue;
    side.body.reset();
    side.frames = bytes.empty() ? 0 : 1;
  }
}

/// False if nothing that follows can be told apart.
bool HttpTableBuilder::begin_message(Connection& connection, Side<http::RequestHeadReader>& side, Moment moment) {
  const auto& head = side.reader.head();
  const auto framing = http::framing_of(head);
  if (!framing || exchanges_.size() == exchanges_max) return false;
  side.exchange = exchanges_.size();
  side.body.emplace(*framing);
  side.keeps_body = has_form(head);
  connection.unanswered.push_back(side.exchange);
  exchanges_.push_back({.client = connection.client,
                        .server = connection.server,
                        .client_port = connection.client_port,
                        .number = moment.number,
                        .time = moment.time,
                        .method = std::string{head.method()},
                        .target = std::string{head.target()},
                        .host = std::string{head.fields().find("Host").value_or("")},
                        .fields = fields_of(head.fields())});
  return true;
}

bool HttpTableBuilder::begin_message(Connection& connection, Side<http::ResponseHeadReader>& side, Moment moment) {
  constexpr int first_final_status = 200;
  if (connection.unanswered.empty()) return false;
  const auto& head = side.reader.head();
  side.exchange = connection.unanswered.front();
  auto& exchange = exchanges_[side.exchange];
  const auto framing = http::framing_of(head, exchange.method);
  if (!framing) return false;
  side.body.emplace(*framing);
  exchange.answer = HttpAnswer{.number = moment.number,
                               .time = moment.time,
                               .status = head.status(),
                               .fields = fields_of(head.fields()),
                               .frames = side.frames};
  if (head.status() >= first_final_status) connection.unanswered.pop_front();
  return true;
}

void HttpTableBuilder::take_body(Side<http::RequestHeadReader>& side, Bytes data) {
  auto& exchange = exchanges_[side.exchange];
  exchange.body_bytes = side.body->body_bytes();
  if (!side.keeps_body) return;
  if (exchange.body_bytes <= form_bytes_max && forms_bytes_ + data.size() <= forms_bytes_max) {
    exchange.form += as_text(data);
    forms_bytes_ += data.size();
  } else {
    side.keeps_body = false;
    forms_bytes_ -= exchange.form.size();
    exchange.form.clear();
  }
}

void HttpTableBuilder::take_body(Side<http::ResponseHeadReader>& side, Bytes) {
  auto& answer = *exchanges_[side.exchange].answer;
  answer.body_bytes = side.body->body_bytes();
  answer.frames = side.frames;
}

}  // namespace labnet::scenario
