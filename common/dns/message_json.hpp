// A message as a JSON object, for programs.
#pragma once

#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "common/dns/message.hpp"

namespace labnet::dns {

///     {"id":4711,"opcode":"QUERY","rcode":"NOERROR","flags":["qr","aa","rd","ra"],
///      "question":{"name":"web.labredes71.com.","class":"IN","type":"A"},
///      "answer":[{"name":"web.labredes71.com.","ttl":3600,"class":"IN","type":"A","data":"192.168.1.10"}],
///      "authority":[],"additional":[],
///      "edns":{"version":0,"udp_payload_bytes":1232,"dnssec_ok":false,"options":[{"code":10,"data":"0a0b"}]}}
///
/// "question" and "edns" are left out if the message has none.
boost::json::object to_json(const Message& message);

/// The records as in a section above.
boost::json::array to_json(const std::vector<Record>& records);

}  // namespace labnet::dns
