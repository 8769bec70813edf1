// One pass over a query.
#include "common/dns/query_view.hpp"

#include "common/dns/record_frame.hpp"

namespace labnet::dns {
namespace {

Result<void, WireFault> read_question(ByteReader& reader, QueryView& query) {
  const auto start = reader.position();
  // A pointer in the first name has no prior name to point to.
  std::size_t at = start;
  const auto wire = reader.whole();
  while (at < wire.size() && wire[at] != std::byte{0}) {
    const auto length = std::to_integer<std::size_t>(wire[at]);
    if (length >= 0xc0) return WireFault::pointer_not_backward;
    if (length > label_bytes_max) return WireFault::label_type;
    at += 1 + length;
    if (at + 1 - start > name_bytes_max) return WireFault::name_too_long;
  }
  if (!reader.seek(at + 1)) return WireFault::truncated;
  const auto type = reader.u16();
  const auto dns_class = reader.u16();
  if (!dns_class) return WireFault::truncated;
  query.name = NameView{wire.subspan(start, at + 1 - start)};
  query.type = static_cast<Type>(*type);
  query.dns_class = static_cast<Class>(*dns_class);
  query.question = wire.subspan(start, reader.position() - start);
  return {};
}

Result<void, WireFault> read_other_record(ByteReader& reader, Section section, QueryView& query) {
  const auto start = reader.position();
  if (const auto name = skip_name(reader); !name) return name;
  const auto frame = read_record_frame(reader);
  if (!frame) return frame.error();
  if (!frame->is_opt()) return {};
  if (const auto opt = check_opt(section, reader.whole()[start], query.edns.has_value()); !opt) return opt;
  query.edns = edns_from(frame->dns_class, frame->ttl);
  query.edns_options = frame->data;
  return for_each_option(frame->data, [](auto, auto) {});
}

}  // namespace

Result<QueryView, WireFault> view_query(Bytes wire) {
  ByteReader reader{wire};
  QueryView query;
  SectionCounts counts;
  const auto header = read_header(reader, counts);
  if (!header) return WireFault::header_too_short;
  query.header = *header;
  if (counts.questions == 0) return WireFault::no_question;
  if (counts.questions > 1) return WireFault::several_questions;
  if (const auto question = read_question(reader, query); !question) return question.error();
  const auto read_section = [&](Section section, std::size_t count) -> Result<void, WireFault> {
    for (; count > 0; --count) {
      if (const auto record = read_other_record(reader, section, query); !record) return record;
    }
    return {};
  };
  if (const auto read = read_section(Section::answer, counts.answers); !read) return read.error();
  if (const auto read = read_section(Section::authority, counts.authorities); !read) return read.error();
  if (const auto read = read_section(Section::additional, counts.additionals); !read) return read.error();
  query.trailing_bytes = reader.remaining();
  return query;
}

}  // namespace labnet::dns
