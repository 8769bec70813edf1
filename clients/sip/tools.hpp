// What the parts of a phone work with: the transactions below, the owner above, and texts that all requests share.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "clients/sip/config.hpp"
#include "clients/sip/names.hpp"
#include "clients/sip/observer.hpp"
#include "common/sip/transaction_layer.hpp"

namespace labnet::sip_client {

/// What a phone is able to, as Allow says.
inline constexpr std::array phone_methods{sip::Method::invite, sip::Method::ack,     sip::Method::cancel,
                                          sip::Method::bye,    sip::Method::options, sip::Method::message,
                                          sip::Method::update, sip::Method::info};
inline constexpr std::string_view description_type = "application/sdp";
inline constexpr std::string_view text_type = "text/plain";

/// A further header of a response; without a name none.
struct PhoneHeader {
  PhoneHeader() = default;
  PhoneHeader(sip::HeaderName header, std::string_view text) : name{sip::text_of(header)}, value{text} {}
  PhoneHeader(std::string_view header, std::string_view text) : name{header}, value{text} {}

  std::string_view name;
  std::string_view value;
};

struct PhoneTools {
  sip::TransactionLayer& transactions;
  sip::MessageTransport& transport;
  PhoneObserver& observer;
  Names& names;
  const PhoneConfig& config;
  /// Where the server sees the phone, if that is another place than the own one: behind a gateway that translates
  /// addresses (RFC 3581).
  std::optional<sip::Hop>& seen_at;

  /// A new top Via for a request that goes there.
  std::string via(const sip::Hop& to) const;
  /// "<sip:101@192.168.1.6:5060>": where the own phone is, as the next one on the way there sees it.
  std::string contact(const sip::Hop& to) const;
  /// User-Agent, if the phone says what it is.
  void add_user_agent(sip::MessageWriter& writer) const;
  /// What else it says in requests that make a dialog or a registration, behind User-Agent and credentials.
  void add_habits(sip::MessageWriter& writer) const;
  /// Allow and Server of a response that makes a dialog, or tells what the phone is able to.
  void add_server(sip::MessageWriter& writer) const;

  /// Answers a request that makes no dialog, within a transaction of its own.
  ///
  /// description  a session description; empty: none
  void answer(const sip::Message& request, const sip::Hop& from, const sip::ResponseParts& parts, sip::TimePoint now,
              const PhoneHeader& header = {}, std::string_view description = {}) const;
  /// The answer to OPTIONS: what the phone is able to (RFC 3261, section 11.2).
  void answer_options(const sip::Message& options, const sip::Hop& from, const sip::ResponseParts& parts,
                      sip::TimePoint now) const;
  /// The same in a transaction that has begun.
  void answer_options(sip::ServerId id, const sip::ResponseParts& parts, sip::TimePoint now) const;
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
