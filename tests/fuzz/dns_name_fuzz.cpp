// Any octets as the text of a name, and as names on the wire: what is read has legal lengths and comes back the same
// from its text, from the wire, and from a message that compresses it.
#include <algorithm>

#include "common/dns/compression.hpp"
#include "common/dns/folded_name.hpp"
#include "common/dns/name.hpp"
#include "tests/support/require.hpp"

namespace {

using namespace labnet;
using dns::Name;
using dns::NameView;
using test::require;

bool is_same(NameView a, NameView b) {
  return std::ranges::equal(a.wire(), b.wire());
}

void check_lengths(NameView name) {
  require(name.wire().size() <= dns::name_bytes_max, "a name is at most 255 octets");
  std::size_t labels = 0;
  for (auto rest = name; !rest.is_root(); rest = rest.parent()) {
    ++labels;
    require(!rest.first_label().empty() && rest.first_label().size() <= dns::label_bytes_max, "a label is 1 to 63");
  }
  require(labels == name.label_count() && labels <= dns::labels_max, "labels are counted");
  require(name.without_labels(labels).is_root(), "without its labels a name is the root");
}

void check_text(NameView name) {
  const auto text = to_text(name);
  require(std::ranges::all_of(text, [](char c) { return c > ' ' && c <= '~'; }), "a name's text is printable");
  const auto again = dns::parse_name(text, *dns::parse_name("elsewhere."));
  require(again.has_value() && is_same(*again, name), "a name's text is that name");
}

/// A name, its parent and the root stand in one order, and hashes go with the name in any case.
void check_relations(NameView name) {
  const auto parent = name.parent();
  require(name == name && (name <=> name) == 0, "a name is itself");
  require(name.is_at_or_below(parent) && name.is_at_or_below(NameView{}), "a name is below its ancestors");
  if (name.is_root()) return;
  require(parent < name && name > parent && !(parent == name), "an ancestor comes before what is below it");
  const auto joined = dns::join(name.first_label(), parent);
  require(joined.has_value() && is_same(*joined, name), "a label and its parent make the name");
  const dns::FoldedName folded{name};
  require(folded.suffix(0) == name && folded.suffix(1) == parent, "folding changes case alone");
  require(folded.hash(1) == dns::FoldedName{parent}.hash(), "a suffix has the hash of the name it is");
}

void check_name(NameView name) {
  check_lengths(name);
  check_text(name);
  check_relations(name);
}

void check_compressed(const std::vector<Name>& names) {
  Buffer message;
  ByteWriter out{message};
  out.bytes(Buffer(dns::header_bytes));
  dns::NameCompressor compressor;
  for (const auto& name : names) compressor.write(out, name);
  ByteReader in{message};
  in.seek(dns::header_bytes);
  for (const auto& name : names) {
    const auto again = dns::read_name(in);
    require(again.has_value() && *again == name, "a compressed name is the same, but for case");
  }
  require(in.at_end(), "compressed names are read to their end");
}

void check_text_input(std::string_view text) {
  const auto origin = *dns::parse_name("labredes71.com.");
  const auto below = dns::parse_name(text, origin);
  const auto absolute = dns::parse_name(text);
  if (!below) return;
  require(absolute.has_value(), "what is a name below an origin is one below the root");
  require(is_same(*below, *absolute) || below->view().is_at_or_below(origin), "a relative name is below its origin");
  check_name(*below);
  check_name(*absolute);
}

/// The names that stand one behind the other in a message, behind its header.
void check_wire_input(Bytes octets) {
  Buffer message(dns::header_bytes);
  message.insert(message.end(), octets.begin(), octets.end());
  ByteReader in{message};
  in.seek(dns::header_bytes);
  std::vector<Name> names;
  while (true) {
    auto skipped = in;
    const auto start = in.position();
    const auto name = dns::read_name(in);
    const bool is_skipped = dns::skip_name(skipped).has_value();
    if (!name) break;
    require(is_skipped && skipped.position() == in.position(), "what is read can be skipped");
    require(in.position() > start, "a name takes octets");
    check_name(*name);
    names.push_back(*name);
  }
  check_compressed(names);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto octets = std::as_bytes(std::span{data, size});
  check_text_input(as_text(octets));
  check_wire_input(octets);
  return 0;
}
