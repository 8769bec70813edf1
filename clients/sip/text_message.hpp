// A text on its way to another phone: MESSAGE, without a dialog (RFC 3428).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "clients/sip/login.hpp"
#include "clients/sip/tools.hpp"

namespace labnet::sip_client {

/// RFC 3428, section 8: no longer, as it may go over UDP.
inline constexpr std::size_t text_bytes_max = 1000;

class TextMessage {
 public:
  TextMessage(PhoneTools tools, std::string_view to, std::string text);

  /// The first time, and again with credentials.
  void send(sip::TimePoint now);
  bool owns(sip::ClientId client) const { return client != sip::ClientId::none && client == client_; }
  void on_response(const sip::Message& response, sip::TimePoint now);
  void on_no_response(sip::NoResponse reason);
  bool is_done() const { return is_done_; }

 private:
  void finish(int status, std::string_view reason);

  PhoneTools tools_;
  Login login_;
  std::string to_uri_, text_, call_id_, from_tag_;
  std::uint32_t cseq_ = 0;
  sip::ClientId client_ = sip::ClientId::none;
  bool is_done_ = false;
};

}  // namespace labnet::sip_client
