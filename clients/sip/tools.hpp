// What the parts of a phone work with: the transactions below, the owner above, and texts that all requests share.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "clients/sip/config.hpp"
#include "clients/sip/names.hpp"
#include "clients/sip/observer.hpp"
#include "common/sip/transaction_layer.hpp"

namespace labnet::sip_client {

/// What a phone answers at all.
inline constexpr std::array phone_methods{sip::Method::invite, sip::Method::ack,     sip::Method::cancel,
                                          sip::Method::bye,    sip::Method::options, sip::Method::message};
inline constexpr std::string_view description_type = "application/sdp";
inline constexpr std::string_view text_type = "text/plain";

/// A further header of a response; `other`: none.
struct PhoneHeader {
  sip::HeaderName name = sip::HeaderName::other;
  std::string_view value{};
};

struct PhoneTools {
  sip::TransactionLayer& transactions;
  sip::MessageTransport& transport;
  PhoneObserver& observer;
  Names& names;
  const PhoneConfig& config;

  /// A new top Via for a request that goes there.
  std::string via(const sip::Hop& to) const;
  /// "<sip:101@192.168.1.6:5060>": where the own phone is, as seen from there.
  std::string contact(const sip::Hop& to) const;
  /// User-Agent, if the phone says what it is.
  void add_user_agent(sip::MessageWriter& writer) const;
  /// What else it says in requests that make a dialog or a registration, behind User-Agent and credentials.
  void add_habits(sip::MessageWriter& writer) const;
  /// Allow and Server of a response that makes a dialog, or tells what the phone is able to.
  void add_server(sip::MessageWriter& writer) const;

  /// Answers a request that makes no dialog, within a transaction of its own.
  void answer(const sip::Message& request, const sip::Hop& from, const sip::ResponseParts& parts, sip::TimePoint now,
              const PhoneHeader& header = {}) const;
};

/// "INVITE, ACK, ...": the value of Allow.
const std::string& phone_allow();
/// The body, if it is a session description; else empty.
std::string_view description_of(const sip::Message& message);
/// "486 Busy Here", with what a Warning says behind it.
std::string reason_of(const sip::Message& response);
/// "no answer to INVITE", as a person wants to read it.
std::string_view describe(sip::NoResponse reason);

}  // namespace labnet::sip_client
