// A scripted activity as its file describes it: what is done on which host, what is captured meanwhile, and what is
// expected of both.
//
//   activity: "8.1"
//   title: { en: Ping, es: Ping }
//   captures:
//     - { file: Ping_DNS_IP.pcap, host: pc1, steps: [flush, ping], expect: { protocols: [ARP, ICMP], echoes: 4 } }
//   steps:
//     - { id: flush, on: pc1, do: neighbours.flush }
//     - { id: ping, on: pc1, do: ping, host: 192.168.1.7, like: windows }
//     - { id: look, on: pc1, run: "ip neighbour", expect: { contains: [192.168.1.7] } }
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "common/base/address.hpp"
#include "common/base/language.hpp"
#include "common/base/result.hpp"
#include "common/settings/fault.hpp"

namespace labnet::scenario {

inline constexpr std::size_t steps_max = 200;
inline constexpr std::size_t captures_max = 50;
inline constexpr std::size_t identifier_bytes_max = 40;  // of a step
inline constexpr std::size_t command_bytes_max = 4096;   // of `run`

/// A text in the languages of those who read it; `spanish` is `english` where the file has only that.
struct Text {
  std::string english, spanish;
  const std::string& in(Language language) const { return language == Language::spanish ? spanish : english; }
};

/// What is expected of a step's program.
struct StepExpectation {
  int exit_code = 0;
  std::vector<std::string> contains;  // each must stand in what it prints
  std::vector<std::string> lacks;     // none of them may
};

struct Step {
  static constexpr std::chrono::milliseconds time_limit_default{60'000};

  std::string id;
  std::string on;  // a host of the lab
  /// What is done: a program is run; or one that runs in the background is waited for, or told to end and waited for.
  enum class Deed { program, wait, end } deed = Deed::program;
  bool is_in_background = false;  // the next step is played as soon as this one is ready
  std::string ready;              // stands in the line that tells so; empty: it is ready at once
  std::string awaited;            // the step that `wait` and `end` are about
  std::string does;               // the name of its kind, or "run"
  /// Where the command is started: in the host, or outside, as one that asks the lab about the host.
  enum class Place { in_host, outside } place = Place::in_host;
  bool needs_namespaces = false;  // it has no meaning where hosts are addresses of one machine
  bool is_labnet = true;          // `words` are arguments of this same program; else a program and its arguments
  std::vector<std::string> words;
  std::vector<std::string> instead;  // arguments of this program if the other one is not installed; may be empty
  std::vector<std::size_t> words_in_results;  // those of `words` that name files in the folder of the results
  std::vector<std::string> kept;              // names of files and folders there, from one step to the next
  std::string received;                       // the name of the file that it leaves there; may be empty
  std::string report;                         // likewise of the file with what it has measured, as JSON
  std::filesystem::path same_as;              // what that file must be identical with; empty: it is not looked at
  bool same_as_is_in_results = false;
  std::chrono::milliseconds time_limit = time_limit_default;
  StepExpectation expect;
  settings::Mark mark;
};

/// A question that a capture must show, with its answer.
struct DnsExpectation {
  std::string name{};
  std::string type = "A";
  std::optional<Ipv4Address> server{};  // who was asked
  std::optional<std::string> answer{};  // the data of the last record of the answer
  std::optional<std::string>
      referral{};                    // the zone to whose servers it refers, without the last dot; "" if it does not
  std::vector<std::string> flags{};  // of the answer, in the order of the header: "aa", "tc", "rd", "ra"
  std::string rcode = "NOERROR";
  std::optional<std::size_t> udp_bytes{};  // the length field of the answer's UDP header
};

/// The one FTP session that a capture must show.
struct FtpExpectation {
  struct Transfer {
    std::string command{};  // the whole line: "RETR 1.png"
    std::optional<std::uint64_t> bytes{};
  };
  std::vector<std::string> commands{};  // all verbs, in order; empty: not looked at
  std::vector<int> replies{};           // all codes, in order; empty: not looked at
  std::vector<Transfer> transfers{};    // each has a data connection; others beside them
};

/// A request that a capture must show in clear, with its response.
struct HttpExpectation {
  std::string request{};                 // method and target: "GET /1.png"
  std::optional<std::string> host{};     // that it is for
  int status = 200;                      // 0: there is no response
  std::vector<std::string> fields{};     // names of the response's fields, in order; empty: not looked at
  std::optional<std::string> coding{};   // of the response's content; "" for none
  std::optional<std::uint64_t> bytes{};  // of the response's body, as they travel
};

/// TLS connections of a kind that a capture must show, one or more.
struct TlsExpectation {
  std::string server_name{};             // of the Client Hello, in any case; "" for none
  std::optional<std::string> version{};  // that the Server Hello chose: "1.3"
  std::optional<std::string> cipher{};   // likewise, as IANA calls it: "TLS_AES_256_GCM_SHA384"
};

/// What a capture must show in clear of who somebody is, once or more.
struct CredentialExpectation {
  std::string how{};                      // "form", "basic", "digest" or "cookie"
  std::optional<std::string> user{};      // nothing: not looked at; of a cookie there is none
  std::optional<std::string> password{};  // likewise; of Digest and of a cookie there is none
};

/// All messages of SIP that a capture must show between two hosts, whoever sends them, but for those that are sent
/// again.
struct SipExpectation {
  Ipv4Address one{}, other{};
  std::vector<std::string> messages{};    // in order: "REGISTER", "401", "200 OPTIONS"
  std::optional<std::size_t> bindings{};  // of a number, as each 200 to REGISTER tells them
};

/// A stream of RTP that a capture must show.
struct RtpExpectation {
  Ipv4Address from{}, to{};
  int payload_type = 0;                        // of all packets with media
  std::optional<std::uint32_t> frame_bytes{};  // of each of them
  std::uint64_t packets_min = 1;
  std::uint64_t lost = 0;
  std::optional<std::uint32_t> opening_bytes{};  // of the frame in front, whose payload type nobody has
  std::optional<bool> begins_with_marker{};
};

/// A connection of RTMP in clear that a capture must show.
struct RtmpExpectation {
  Ipv4Address client{}, server{};
  /// In order: "C0+C1", "connect", "Set Chunk Size", "onStatus NetStream.Publish.Start"; of audio and video the first.
  std::vector<std::string> messages{};
  std::uint64_t audio_min = 0, video_min = 0;  // messages of either side
};

/// What is expected of a capture. Whatever is missing here is not looked at; that nothing was lost and that checksums
/// are right is expected of each.
struct CaptureExpectation {
  std::vector<std::string> protocols{};      // all that occur, in the order of their first frames
  std::optional<std::size_t> echoes{};       // echo requests, each with its reply
  std::optional<std::size_t> frame_bytes{};  // of each echo request and reply
  std::optional<int> request_ttl{}, reply_ttl{};
  std::vector<Ipv4Address> arps{};  // whose MACs are asked for and told, in any order, others beside them
  std::optional<std::vector<DnsExpectation>> dns{};  // all questions, in order
  std::optional<FtpExpectation> ftp{};
  std::optional<std::vector<HttpExpectation>> http{};  // all requests, in order
  std::optional<std::vector<TlsExpectation>> tls{};    // all connections are of one of these kinds, in any order
  std::optional<std::vector<SipExpectation>> sip{};    // all between each two hosts, and none between others
  std::optional<std::vector<RtpExpectation>> rtp{};    // all streams, in any order; each has an SSRC of its own
  std::optional<std::vector<RtmpExpectation>> rtmp{};  // all connections, in the order in which they began
  std::optional<std::vector<CredentialExpectation>> credentials{};  // all that there are, in any order; empty: none
};

struct CapturePlan {
  std::string file;                           // its name in the folder of the results
  std::string host;                           // where it is taken
  std::string network;                        // on which of its cards; empty: the first
  std::string filter;                         // pcap-filter(7); empty: every frame
  std::size_t first_step = 0, last_step = 0;  // it runs while these are played
  CaptureExpectation expect;
  settings::Mark mark;
};

struct Scenario {
  std::filesystem::path file;
  std::string activity;
  Text title;
  std::vector<Step> steps;  // in the order of playing
  std::vector<CapturePlan> captures;
};

/// The name of the file with what a step printed.
std::string transcript_name(const Scenario& scenario, const Step& step);

/// A capture or a transcript that two of the scenarios of one run would write; the fault stands at the second.
std::optional<settings::Fault> find_taken_name(const std::vector<Scenario>& scenarios, Language language);

/// Faults: an unknown key, kind or step, a name used twice, steps of a capture that do not follow each other, a file
/// name with a folder in it, a control character, a limit.
Result<Scenario, settings::Fault> load_scenario(const std::filesystem::path& file);

}  // namespace labnet::scenario
