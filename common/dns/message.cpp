// Messages read whole, and written RRset by RRset until the limit is reached.
#include "common/dns/message.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "common/dns/compression.hpp"
#include "common/dns/record_frame.hpp"

namespace labnet::dns {
namespace {

// ---- reading

class Parser {
 public:
  Parser(Bytes wire, OddData odd_data) : reader_{wire}, odd_data_{odd_data} {}

  Result<ParsedMessage, WireFault> parse() {
    SectionCounts counts;
    const auto header = read_header(reader_, counts);
    if (!header) return WireFault::header_too_short;
    message_.header = *header;
    if (const auto read = read_question(counts.questions); !read) return read.error();
    if (const auto read = read_section(Section::answer, counts.answers, message_.answers); !read) return read.error();
    if (const auto read = read_section(Section::authority, counts.authorities, message_.authorities); !read) {
      return read.error();
    }
    if (const auto read = read_section(Section::additional, counts.additionals, message_.additionals); !read) {
      return read.error();
    }
    return ParsedMessage{std::move(message_), reader_.remaining()};
  }

 private:
  Result<void, WireFault> read_question(std::size_t count) {
    if (count == 0) return {};
    if (count > 1) return WireFault::several_questions;
    auto name = read_name(reader_);
    if (!name) return name.error();
    const auto type = reader_.u16();
    const auto dns_class = reader_.u16();
    if (!dns_class) return WireFault::truncated;
    message_.question = Question{std::move(*name), static_cast<Type>(*type), static_cast<Class>(*dns_class)};
    return {};
  }

  Result<void, WireFault> read_section(Section section, std::size_t count, std::vector<Record>& records) {
    for (; count > 0; --count) {
      if (const auto read = read_record(section, records); !read) return read;
    }
    return {};
  }

  Result<void, WireFault> read_record(Section section, std::vector<Record>& records) {
    const auto start = reader_.position();
    auto name = read_name(reader_);
    if (!name) return name.error();
    const auto frame = read_record_frame(reader_);
    if (!frame) return frame.error();
    if (frame->is_opt()) return read_opt(section, start, *frame);
    ByteReader data{reader_.whole().first(reader_.position())};
    data.seek(reader_.position() - frame->data.size());
    auto rdata = read_rdata(frame->type, data);
    const bool is_odd = !rdata && rdata.error() == WireFault::rdata_value;
    if (is_odd && odd_data_ == OddData::stays_octets)
      rdata = Rdata{Unknown{frame->type, {frame->data.begin(), frame->data.end()}}};
    if (!rdata) return rdata.error();
    records.push_back({std::move(*name), static_cast<Class>(frame->dns_class), frame->ttl, std::move(*rdata)});
    return {};
  }

  Result<void, WireFault> read_opt(Section section, std::size_t start, const RecordFrame& frame) {
    const auto allowed = check_opt(section, reader_.whole()[start], message_.edns.has_value());
    if (!allowed) return allowed;
    message_.edns.emplace(Edns{edns_from(frame.dns_class, frame.ttl), {}});
    message_.header.rcode = whole_rcode(message_.header.rcode, frame.ttl);
    return for_each_option(frame.data, [&](std::uint16_t code, Bytes data) {
      message_.edns->options.push_back({code, {data.begin(), data.end()}});
    });
  }

  ByteReader reader_;
  OddData odd_data_;
  Message message_;
};

// ---- writing

bool same_rrset(const Record& a, const Record& b) {
  return a.type() == b.type() && a.dns_class == b.dns_class && a.name == b.name;
}

class MessageWriter {
 public:
  MessageWriter(const Message& message, Buffer& out, std::size_t bytes_max)
      : message_{message},
        bytes_max_{std::clamp(bytes_max, plain_udp_bytes_max, message_bytes_max)},
        out_{out, bytes_max_} {}

  void write() {
    auto header = message_.header;
    SectionCounts counts;
    write_header(header, counts, out_);
    write_question(counts);
    prepare_opt();
    header.truncated |=
        !write_section(message_.answers, counts.answers) || !write_section(message_.authorities, counts.authorities);
    if (!header.truncated) write_section(message_.additionals, counts.additionals);
    write_opt_record(counts);
    patch_header(header, counts, out_);
  }

 private:
  void write_question(SectionCounts& counts) {
    if (!message_.question) return;
    names_.write(out_, message_.question->name);
    out_.u16(static_cast<std::uint16_t>(message_.question->type));
    out_.u16(static_cast<std::uint16_t>(message_.question->dns_class));
    counts.questions = 1;
  }

  /// Keeps room for the OPT record, which comes last. Options that no message of this size can hold are left out.
  void prepare_opt() {
    if (!message_.edns) return;
    ByteWriter options{options_, bytes_max_ - out_.size() - opt_fixed_bytes};
    for (const auto& option : message_.edns->options) {
      const auto start = options.size();
      options.u16(option.code);
      options.u16(static_cast<std::uint16_t>(option.data.size()));
      options.bytes(option.data);
      if (options.overflowed()) options.rewind(start);
    }
    reserved_bytes_ = opt_fixed_bytes + options_.size();
  }

  void write_opt_record(SectionCounts& counts) {
    if (!message_.edns) return;
    write_opt(*message_.edns, message_.header.rcode, options_, out_);
    ++counts.additionals;
  }

  /// False if an RRset did not fit; it and those after it are not there then.
  bool write_section(std::span<const Record> records, std::uint16_t& count) {
    while (!records.empty()) {
      const auto size_before = out_.size();
      const auto end =
          std::ranges::find_if_not(records, [&](const Record& r) { return same_rrset(r, records.front()); });
      const auto rrset = records.first(static_cast<std::size_t>(end - records.begin()));
      for (const auto& record : rrset) write_record(record);
      if (out_.overflowed() || out_.size() > bytes_max_ - reserved_bytes_) {
        out_.rewind(size_before);
        names_.rewind(size_before);
        return false;
      }
      count = static_cast<std::uint16_t>(count + rrset.size());
      records = records.subspan(rrset.size());
    }
    return true;
  }

  void write_record(const Record& record) {
    names_.write(out_, record.name);
    out_.u16(static_cast<std::uint16_t>(record.type()));
    out_.u16(static_cast<std::uint16_t>(record.dns_class));
    out_.u32(record.ttl);
    const auto length_at = out_.size();
    out_.u16(0);
    write_rdata(record.data, out_, names_);
    if (!out_.overflowed()) out_.patch_u16(length_at, static_cast<std::uint16_t>(out_.size() - length_at - 2));
  }

  const Message& message_;
  std::size_t bytes_max_;
  ByteWriter out_;
  NameCompressor names_;
  Buffer options_;
  std::size_t reserved_bytes_ = 0;
};

}  // namespace

Result<ParsedMessage, WireFault> parse_message(Bytes wire, OddData odd_data) {
  return Parser{wire, odd_data}.parse();
}

void write_message(const Message& message, Buffer& out, std::size_t bytes_max) {
  MessageWriter{message, out, bytes_max}.write();
}

std::string to_text(const Record& record) {
  return fmt::format("{} {} {} {} {}", to_text(NameView{record.name}), record.ttl, to_text(record.dns_class),
                     to_text(record.type()), to_text(record.data));
}

}  // namespace labnet::dns
