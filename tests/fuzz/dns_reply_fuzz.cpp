// Any octets as the reply of an upstream server: what is believed of it is about the question, from within the domain
// of the server that was asked, and within the limits. The first octet chooses what was asked and whom.
#include "common/dns/folded_name.hpp"
#include "servers/dns/accept_reply.hpp"
#include "servers/dns/limits.hpp"
#include "tests/support/require.hpp"

namespace {

using namespace labnet;
using namespace labnet::dns_server;
using dns::NameView;
using test::require;

/// The question that the reply repeats, so that more of it is looked at; some other one if it repeats none.
Asked asked_from(std::uint8_t bits, Bytes reply) {
  Asked asked;
  ByteReader reader{reply};
  asked.id = reader.u16().value_or(0);
  asked.has_edns = (bits & 1) != 0;
  const auto parsed = dns::parse_message(reply);
  if (parsed && parsed->message.question) asked.question = *parsed->message.question;
  if ((bits & 2) == 0) return asked;
  // As if the reply's case were the random one, and the question's own were lower case.
  asked.sent_name = asked.question.name;
  asked.question.name = dns::Name{dns::FoldedName{asked.question.name}.suffix(0)};
  return asked;
}

/// Aliases in a row from the question's name on, then records of the type that was asked for.
void check_answers(const Asked& asked, const Accepted& accepted, NameView bailiwick) {
  dns::Name name = asked.question.name;
  std::size_t aliases = 0;
  for (const auto& record : accepted.answers) {
    require(record.name == name, "each record is of the name that the chain has come to");
    require(record.name.view().is_at_or_below(bailiwick), "each record is from the domain of who was asked");
    require(record.dns_class == asked.question.dns_class, "each record is of the question's class");
    require(record.ttl <= dns::ttl_max, "each TTL is legal");
    const auto is_wanted = record.type() == asked.question.type || asked.question.type == dns::Type::any;
    if (is_wanted) continue;
    require(record.type() == dns::Type::cname, "beside what was asked for there are aliases alone");
    name = std::get<dns::Cname>(record.data).target;
    ++aliases;
  }
  require(aliases <= cname_chain_max, "the chain is not too long");
  require(!accepted.continues_at || *accepted.continues_at == name, "the chain goes on where its last alias points to");
}

void check_soa(const dns::Record& soa, NameView bailiwick) {
  require(soa.type() == dns::Type::soa && soa.name.view().is_at_or_below(bailiwick), "a SOA is of the domain");
  require(soa.ttl <= std::get<dns::Soa>(soa.data).minimum.seconds, "a negative answer lives for MINIMUM at most");
}

void check_referral(const Asked& asked, const Delegation& referral, NameView bailiwick) {
  const auto zone = referral.zone.view();
  require(asked.question.name.view().is_at_or_below(zone), "a referral is to a zone that the name is in");
  require(zone.is_at_or_below(bailiwick) && !(zone == bailiwick), "a referral leads down");
  require(!referral.servers.empty() && referral.servers.size() <= name_servers_max, "a referral has servers, not many");
  for (const auto& server : referral.servers) {
    require(server.addresses.size() <= server_addresses_max, "a server has not many addresses");
    require(server.addresses.empty() || server.name.view().is_at_or_below(bailiwick), "glue is from the domain");
  }
}

void check_accepted(const Asked& asked, const Accepted& accepted, NameView bailiwick) {
  const bool has_any = !accepted.answers.empty() || accepted.soa || accepted.continues_at || accepted.referral;
  require(!accepted.truncated || !has_any, "of a reply that was cut nothing is believed");
  const auto is_too_long = accepted.rcode == dns::Rcode::yxdomain;
  require(is_too_long || accepted.rcode == dns::Rcode::noerror || accepted.rcode == dns::Rcode::nxdomain,
          "the rcode is an answer's");
  require(!is_too_long || (!accepted.soa && !accepted.continues_at), "nothing follows a name that is too long");
  require(!accepted.referral || accepted.answers.empty(), "a referral comes without answers");
  check_answers(asked, accepted, bailiwick);
  if (accepted.soa) check_soa(*accepted.soa, bailiwick);
  if (accepted.referral) check_referral(asked, *accepted.referral, bailiwick);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto reply = std::as_bytes(std::span{data, size}).subspan(1);
  auto asked = asked_from(data[0], reply);
  const dns::Name domain{asked.question.name.view().without_labels(data[0] >> 4)};
  if (const auto accepted = accept_reply(asked, reply, domain)) check_accepted(asked, *accepted, domain);
  ++asked.id;
  const auto foreign = accept_reply(asked, reply, domain);
  require(!foreign && is_foreign(foreign.error()), "a reply with another id is a stranger's");
  return 0;
}
