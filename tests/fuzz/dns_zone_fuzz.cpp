// Any text as zone files: what is read is within the limits, its records written as text are read the same, and a zone
// that is built of them has each of them, finds each name and is transferred whole.
//
// Files that include one another are parted by form feeds; the first is the zone file, the others are called 1, 2, 3...
#include <algorithm>
#include <map>

#include "common/dns/folded_name.hpp"
#include "servers/dns/answer.hpp"
#include "servers/dns/limits.hpp"
#include "servers/dns/transfer.hpp"
#include "servers/dns/zone/load.hpp"
#include "tests/support/require.hpp"

namespace {

using namespace labnet;
using namespace labnet::dns_server;
using dns::NameView;
using test::require;

using Files = std::map<std::string, std::string>;
constexpr std::size_t queries_max = 32;

const dns::Name& origin() {
  static const auto name = *dns::parse_name("labredes71.com.");
  return name;
}

Files files_from(std::string_view text) {
  Files files;
  for (std::size_t number = 0;; ++number) {
    const auto end = text.find('\f');
    files.emplace(std::to_string(number), text.substr(0, end));
    if (end == text.npos) return files;
    text.remove_prefix(end + 1);
  }
}

MasterFile read(const Files& files) {
  const ReadFile read_file = [&](const std::string& path) -> Result<std::string> {
    const auto file = files.find(path);
    if (file == files.end()) return Error{"there is no such file"};
    return file->second;
  };
  return read_master_file("0", origin(), read_file);
}

std::size_t line_count(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count(text, '\n')) + 1;
}

void check_faults(const Files& files, const Diagnostics& diagnostics) {
  require(diagnostics.size() <= faults_max, "not too much is told");
  for (const auto& diagnostic : diagnostics) {
    const auto file = files.find(diagnostic.file);
    require(file != files.end() && diagnostic.line <= line_count(file->second), "a fault stands in a file");
    require(!diagnostic.message.empty(), "a fault says what is wrong");
  }
}

/// As a program writes a zone that it was sent.
void check_text(const std::vector<PlacedRecord>& records) {
  std::string text;
  for (const auto& placed : records) text += dns::to_text(placed.record) + '\n';
  const auto again = read({{"0", text}});
  require(again.faults.empty() && again.records.size() == records.size(), "records written as text can be read");
  for (std::size_t i = 0; i < records.size(); ++i) {
    require(again.records[i].record == records[i].record, "records written as text are the same");
  }
}

void check_nodes(const Zone& zone) {
  const Zone::Node* before = nullptr;
  for (const auto& node : zone.nodes()) {
    require(node.name.is_at_or_below(zone.origin()), "each name is in the zone");
    require(zone.find(dns::FoldedName{node.name}) == &node, "each name is found");
    require(!before || before->name < node.name, "names stand in order, each once");
    before = &node;
  }
}

/// As another server gets it.
void check_transfer(const std::shared_ptr<const Zone>& zone) {
  dns::Message query;
  query.question = {dns::Name{zone->origin()}, dns::Type::axfr, dns::Class::in};
  Buffer wire;
  write_message(query, wire);
  Transfer transfer{zone, wire, {.transport = Transport::tcp, .transfer_allowed = true}};
  std::size_t records = 0;
  for (Buffer out; transfer.next(out); out.clear()) {
    const auto parsed = dns::parse_message(out);
    require(parsed.has_value() && out.size() <= dns::message_bytes_max, "a transfer is made of messages");
    records += parsed->message.answers.size();
  }
  require(records == zone->record_count() + 1, "a transfer has each record once, and SOA twice");
}

void check_answer(const ZoneSet& zones, NameView name, dns::Type type) {
  dns::Message query;
  query.question = {dns::Name{name}, type, dns::Class::in};
  Buffer wire;
  write_message(query, wire);
  Buffer out;
  const auto outcome = answer(wire, zones, {}, out);
  require(outcome.kind == Outcome::Kind::replied, "a name of the zone has a reply");
  const auto reply = dns::parse_message(out);
  require(reply.has_value() && out.size() <= dns::plain_udp_bytes_max, "a reply is a message of a legal size");
  require(outcome.rcode == dns::Rcode::noerror || outcome.rcode == dns::Rcode::nxdomain, "the zone answers");
}

void check_zone(const std::shared_ptr<const Zone>& zone, std::size_t records_read) {
  require(zone->origin() == origin() && zone->record_count() <= records_read, "the zone is of what was read");
  check_nodes(*zone);
  check_transfer(zone);
  const auto zones = ZoneSet::make({zone});
  for (const auto& node : zone->nodes().first(std::min(zone->nodes().size(), queries_max))) {
    check_answer(*zones, node.name, dns::Type::a);
    check_answer(*zones, node.name, dns::Type::any);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto files = files_from(as_text(std::as_bytes(std::span{data, size})));
  auto file = read(files);
  require(file.files.size() <= zone_files_max, "not too many files are read");
  check_faults(files, file.faults);
  check_text(file.records);
  const auto records_read = file.records.size();
  const auto built = build_zone(origin(), std::move(file));
  require((built.zone == nullptr) == !built.faults.empty(), "there is a zone, or there are faults");
  check_faults(files, built.faults);
  check_faults(files, built.warnings);
  if (built.zone) check_zone(built.zone, records_read);
  return 0;
}
