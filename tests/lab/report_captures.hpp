// What the captures of the report hold, as tshark reads them.
#pragma once

#include <set>
#include <string>

#include <boost/json/object.hpp>

namespace labnet::test {

/// A host as the report names it.
struct HostFacts {
  std::string address, mac;
};
inline const HostFacts pc1{"192.168.1.6", "14:85:7f:9d:ab:5c"};
inline const HostFacts dns_server{"192.168.1.7", "00:0c:29:8d:07:ce"};
inline const HostFacts web_server{"192.168.1.10", "02:ab:3f:7c:91:d4"};
inline const HostFacts ftp_server{"192.168.1.11", "00:0c:29:40:cf:72"};

/// Four echo requests of a Windows client, each answered, and every frame around them an ARP exchange, or DNS where
/// that is expected; the first frame is an ARP request of the client's.
void expect_pings(const std::string& file, const HostFacts& server, bool with_dns);

/// One question from an ephemeral port to the DNS server, and its answer as the report shows it.
void expect_question_for_web(const std::string& file);

/// From the root on down, as Wireshark sees it: each server but the last tells only whose servers to ask next.
void expect_walk_from_root(const std::string& file);

/// Everything that the kernel saw is in both files; the pcapng says so itself.
void expect_nothing_lost(const std::string& pcap, const boost::json::object& capture);

/// The dialogue of the report, in clear text, from the look-up of the name to the end of both connections.
void expect_ftp_download(const std::string& file);

/// In TLS nobody sees more than that there is something; who has the keys, which stand in the pcapng, sees all of it.
void expect_secret_download(const std::string& file);

/// The page of the report, compressed and with the fields of its capture; then that it is still right.
void expect_two_visits(const std::string& file);

/// Names asked for at the gateway before anything else, secret connections to these hosts, and in clear only what is
/// meant to be: questions about certificates, and downloads.
void expect_secret_visits(const std::string& file, const std::set<std::string>& names,
                          const std::set<std::string>& versions);

/// The messages of the report, in its order; the phone has Zoiper's habits.
void expect_call(const std::string& file);

/// Who calls whom is for those who have the keys, which stand in the pcapng; what is said is for everybody.
void expect_secret_call(const std::string& file);

/// The messages of the report, in its order, and each that follows is known to who decodes it.
void expect_live_stream(const std::string& file);

/// Whose server it is can be seen, and no more; who has the keys, which stand in the pcapng, sees that there is data.
void expect_secret_live_stream(const std::string& file);

/// One session, whose requests count from 0 on without a gap, all answered; what is in them can be read.
void expect_tunnelled_live_stream(const std::string& file);

}  // namespace labnet::test
