// A reply while it is put together, section by section, within the size that the client takes.
#pragma once

#include <optional>

#include "common/base/bytes.hpp"
#include "common/dns/compression.hpp"
#include "common/dns/header.hpp"
#include "common/dns/query_view.hpp"
#include "common/dns/record_frame.hpp"
#include "servers/dns/answer.hpp"
#include "servers/dns/zone/zone.hpp"

namespace labnet::dns_server {

class ReplyWriter {
 public:
  /// Writes header and question. Both `query` and `out` outlive the writer.
  ReplyWriter(const dns::QueryView& query, const AnswerOptions& options, Buffer& out);

  void set_authoritative() { header_.authoritative = true; }
  void set_rcode(dns::Rcode rcode) { header_.rcode = rcode; }
  void set_truncated() { header_.truncated = true; }

  /// Appends an RRset of the question's name.
  bool add_answer(const Rrset& rrset);
  /// Appends an RRset of any name. Sections come in their order. False if it does not fit: nothing of it is there then.
  bool add(dns::Section section, dns::NameView owner, const Rrset& rrset);
  /// Appends a CNAME record that stands in no zone, to the answers. False if it does not fit: then it is not there.
  bool add_alias(dns::NameView owner, dns::NameView target, std::uint32_t ttl);

  /// Appends a TXT record of class CH and TTL 0, of one string, for the question's name.
  void add_text(std::string_view text);

  /// Appends the OPT record, if the query had one, and completes the header.
  Outcome finish();

 private:
  bool fits() const { return !out_.overflowed() && out_.size() + reserved_bytes_ <= out_.limit_bytes(); }
  bool keep_or_rewind(std::size_t size_before, std::uint16_t& count, std::uint16_t records);
  std::uint16_t& count_of(dns::Section section);
  dns::NameCompressor& names();
  void write_record(dns::NameView owner, Bytes record, const dns::CompressibleNames& names_in_data);
  void patch_length(std::size_t length_at);
  void write_data(Bytes data, const dns::CompressibleNames& names_in_data);

  const dns::QueryView& query_;
  std::size_t udp_bytes_max_;
  ByteWriter out_;
  std::size_t reserved_bytes_;
  dns::Header header_;
  dns::SectionCounts counts_;
  dns::NameCompressor names_;
  bool names_are_ready_ = false;
};

}  // namespace labnet::dns_server
