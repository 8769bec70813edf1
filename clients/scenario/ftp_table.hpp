// What a capture shows of FTP: the dialogue of each control connection, and the data connections that it agreed upon.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "common/base/address.hpp"
#include "common/ftp/data_address.hpp"
#include "common/packet/capture_file.hpp"
#include "common/packet/frame.hpp"
#include "common/packet/tcp_reassembly.hpp"

namespace labnet::scenario {

/// A line of a control connection. A password is shown as it travelled: that is what is to be seen.
struct FtpLine {
  std::uint64_t number = 0;  // of the frame in which it ended, from 1
  packet::Timestamp time{};
  bool is_reply = false;
  std::string text;  // without CR LF
};

struct FtpTransfer {
  std::string how;           // "PASV", "EPSV", "PORT" or "EPRT", which told the port
  std::uint16_t port = 0;    // of who listens
  std::string command;       // the line that the data belongs to: "RETR 1.png"
  std::uint64_t bytes = 0;   // of payload, both ways, those that came twice once
  std::uint64_t frames = 0;  // of the data connection
};

struct FtpDialogue {
  Ipv4Address client{}, server{};
  std::uint16_t client_port = 0;
  std::vector<FtpLine> lines{};
  std::vector<FtpTransfer> transfers{};
  bool became_secret = false;  // AUTH was agreed to: what follows is for those who have the keys

  /// "220", "331"...: one for each reply, however many lines it has.
  std::vector<int> reply_codes() const;
  /// "USER", "PASS"...
  std::vector<std::string> verbs() const;
};

/// The port of FTP servers' control connections (RFC 959, section 8).
inline constexpr std::uint16_t ftp_port = 21;

/// Takes frames that were taken apart one by one.
class FtpTableBuilder {
 public:
  static constexpr std::size_t dialogues_max = 1'000;
  static constexpr std::size_t lines_max = 100'000;      // of all dialogues
  static constexpr std::size_t transfers_max = 100'000;  // of all dialogues
  static constexpr std::size_t line_bytes_max = 8'192;   // of one that has not ended yet; a longer one is left out

  void add(std::uint64_t number, packet::Timestamp time, const packet::Frame& frame);
  const std::vector<FtpDialogue>& dialogues() const { return dialogues_; }

  /// "FTP" for what travels on a control connection, "FTP-DATA" on a data connection that one has agreed upon; empty
  /// for all else, segments without payload included. Call it after `add`.
  std::string_view protocol_of(const packet::Frame& frame) const;

 private:
  using Key = std::tuple<Ipv4Address, std::uint16_t, Ipv4Address, std::uint16_t>;  // client, port, server, port
  struct Direction {
    packet::TcpReassembly stream;
    std::string unfinished;  // the beginning of a line
  };
  struct Control {
    std::size_t dialogue;
    Direction from_client, from_server;
    std::size_t waiting_transfer = SIZE_MAX;  // agreed upon, and no command yet that uses it
  };
  using Listening = std::pair<Ipv4Address, std::uint16_t>;  // where a data connection is to be made to

  void add_segment(std::uint64_t number, packet::Timestamp time, Control& control, bool is_reply,
                   const packet::Tcp& segment);
  void add_line(std::uint64_t number, packet::Timestamp time, Control& control, bool is_reply, std::string text);
  void agree(Control& control, std::string_view how, Ipv4Address address, std::uint16_t port);

  std::vector<FtpDialogue> dialogues_;
  std::map<Key, Control> controls_;
  struct DataConnection {
    std::size_t dialogue, transfer;
    packet::TcpReassembly from_listener, to_listener;
  };
  std::map<Listening, DataConnection> listening_;
  std::size_t lines_count_ = 0;
  std::size_t transfers_count_ = 0;
};

}  // namespace labnet::scenario
