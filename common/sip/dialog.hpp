// A dialog: what two ends know of each other between one request and the next (RFC 3261, section 12).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/sip/message.hpp"
#include "common/sip/writer.hpp"

namespace labnet::sip {

/// Which of the dialogs of one end a message belongs to.
struct DialogId {
  std::string call_id;
  std::string local_tag;
  std::string remote_tag;

  bool operator==(const DialogId&) const = default;
};

/// A dialog as it can be written down: what another process needs to go on with the requests of this end.
struct DialogRecord {
  std::string call_id{};
  std::string local{};   // From of this end's requests, its tag included
  std::string remote{};  // To of them, its tag included
  std::string remote_target{};
  std::vector<std::string> routes{};  // the first hop first
  std::uint32_t local_cseq = 0;       // of the last request of this end

  bool operator==(const DialogRecord&) const = default;
};

class Dialog {
 public:
  /// As its server: begun by an INVITE that this end answers (section 12.1.1).
  static Dialog of_server(const Message& request, std::string_view local_tag);
  /// As its client: begun by the response to an INVITE of this end (section 12.1.2), of 101 to 299 and with a To tag.
  static Dialog of_client(const Message& request, const Message& response);
  /// As it was written down.
  static Dialog of_record(DialogRecord record);
  DialogRecord record() const;

  const DialogId& id() const { return id_; }
  /// Where the other end says it is: the URI of its Contact; empty if it has told none.
  const std::string& remote_target() const { return remote_target_; }
  /// "<sip:proxy.lab;lr>", as they go into a request, the first hop first. Stays as it was at the beginning.
  const std::vector<std::string>& routes() const { return routes_; }
  /// The URI of the next hop: of the first route, or the remote target.
  std::string_view next_hop() const;

  /// Writes first line and headers of a new request of this end: `writer` may go on with further ones and must finish.
  /// For ACK, `cseq` is that of the INVITE; other requests count on by themselves.
  ///
  /// via, contact  as in RequestParts
  void begin_request(MessageWriter& writer, Method method, std::string_view via, std::string_view contact = {});
  void begin_ack(MessageWriter& writer, std::uint32_t cseq, std::string_view via) const;
  std::uint32_t local_cseq() const { return local_cseq_; }

  /// A request of the other end; false if it is older than one that was here before: 500 (section 12.2.2).
  bool accept(const Message& request);
  /// From a request or a 2xx whose method refreshes the target: the other end is at its Contact from now on. True if
  /// that is another one than before.
  bool refresh_target(const Message& message);
  /// The answer to the first INVITE: before it, a provisional one may have made the dialog with another route set
  /// (section 13.2.2.4).
  void set_routes_of(const Message& response);

 private:
  void begin(MessageWriter& writer, Method method, std::uint32_t cseq, std::string_view via,
             std::string_view contact) const;

  DialogId id_;
  std::string local_;   // From of this end's requests, its tag included
  std::string remote_;  // To of this end's requests, its tag included
  std::string remote_target_;
  std::vector<std::string> routes_;
  std::uint32_t local_cseq_ = 0;
  std::optional<std::uint32_t> remote_cseq_;
};

}  // namespace labnet::sip
