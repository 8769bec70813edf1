#include "servers/dns/cache.hpp"

#include <algorithm>

#include "common/base/text.hpp"
#include "servers/dns/limits.hpp"

namespace labnet::dns_server {
namespace {

using dns::Type;

/// What a name is known under that does not exist. No number of a type would do: all of them can be asked for.
std::string key_of(dns::NameView name) {
  return to_lower(as_text(name.wire()));  // length octets are below 'A'
}

std::string key_of(dns::NameView name, Type type) {
  auto key = key_of(name);  // ends with the root's 0: what follows cannot be part of a name
  key += static_cast<char>(static_cast<std::uint16_t>(type) >> 8);
  key += static_cast<char>(static_cast<std::uint16_t>(type) & 0xff);
  return key;
}

std::chrono::seconds lowest_ttl(const std::vector<dns::Record>& records) {
  std::chrono::seconds lowest{dns::ttl_max};
  for (const auto& record : records) lowest = std::min(lowest, std::chrono::seconds{record.ttl});
  return lowest;
}

std::uint32_t seconds_left(Cache::Time expires, Cache::Time now) {
  return static_cast<std::uint32_t>(std::chrono::ceil<std::chrono::seconds>(expires - now).count());
}

std::vector<dns::Record> with_ttl(std::vector<dns::Record> records, std::uint32_t ttl) {
  for (auto& record : records) record.ttl = ttl;
  return records;
}

/// What an entry takes beside its records: its key twice, the nodes of the map and the list.
constexpr std::size_t entry_bytes = 400;

/// Memory, roughly: data of variable length, such as a text, once more as what it is on the wire.
std::size_t bytes_of(const CacheEntry& entry) {
  std::size_t bytes = entry_bytes + 2 * entry.name.view().wire().size();
  Buffer wire;
  for (const auto& record : entry.records) {
    wire.clear();
    ByteWriter out{wire, dns::message_bytes_max};
    write_rdata(record.data, out);
    bytes += sizeof record + wire.size();
  }
  return bytes;
}

}  // namespace

void Cache::cap_ttls(Accepted& answer) const {
  const auto cap = [](dns::Record& record, std::chrono::seconds most) {
    const auto ttl = std::min(std::chrono::seconds{record.ttl}, most);
    record.ttl = static_cast<std::uint32_t>(ttl.count());
  };
  for (auto& record : answer.answers) cap(record, limits_.ttl_max);
  if (answer.soa) cap(*answer.soa, limits_.negative_ttl_max);
}

void Cache::store(const dns::Question& question, const Accepted& answer, Time now) {
  if (question.type == Type::any) return;  // what ANY shows need not be all (RFC 8482)
  auto last = question.name;
  for (std::size_t i = 0; i < answer.answers.size();) {
    // The records of one name and type stand together.
    const auto& first = answer.answers[i];
    CacheEntry entry{CacheEntry::Kind::records, first.name, first.type(), {}, 0};
    for (; i < answer.answers.size() && answer.answers[i].name == entry.name && answer.answers[i].type() == entry.type;
         ++i) {
      entry.records.push_back(answer.answers[i]);
    }
    if (entry.type == Type::cname && question.type != Type::cname) {
      last = std::get<dns::Cname>(entry.records.front().data).target;
    }
    const auto ttl = std::min(lowest_ttl(entry.records), limits_.ttl_max);
    put(std::move(entry), ttl, now);
  }
  if (!answer.soa) return;  // without one a negative answer is not to be remembered (RFC 2308, section 5)
  const auto kind = answer.rcode == dns::Rcode::nxdomain ? CacheEntry::Kind::no_name : CacheEntry::Kind::no_data;
  put({kind, last, question.type, {*answer.soa}, 0},
      std::min(std::chrono::seconds{answer.soa->ttl}, limits_.negative_ttl_max), now);
}

void Cache::put(CacheEntry entry, std::chrono::seconds ttl, Time now) {
  if (ttl <= std::chrono::seconds{0} || limits_.entries_max == 0) return;
  const auto name_key = key_of(entry.name);
  const auto key = entry.kind == CacheEntry::Kind::no_name ? name_key : key_of(entry.name, entry.type);
  // Whatever is heard of a name is newer than that there is no such name.
  for (const auto& stale : {key, name_key}) {
    if (const auto old = entries_.find(stale); old != entries_.end()) erase(old);
  }
  const auto bytes = bytes_of(entry);
  if (bytes > limits_.bytes_max) return;
  while (entries_.size() == limits_.entries_max || bytes_ + bytes > limits_.bytes_max) {
    erase(entries_.find(uses_.back()));
  }
  uses_.push_front(key);
  entries_.emplace(key, Stored{std::move(entry), now + ttl, next_number_++, bytes, uses_.begin()});
  bytes_ += bytes;
}

Cache::Stored* Cache::find(const std::string& key, Time now) {
  const auto found = entries_.find(key);
  if (found == entries_.end()) return nullptr;
  if (found->second.expires <= now) {
    erase(found);
    return nullptr;
  }
  uses_.splice(uses_.begin(), uses_, found->second.use);
  return &found->second;
}

std::optional<CachedAnswer> Cache::find(const dns::Question& question, Time now) {
  if (question.dns_class != dns::Class::in) return std::nullopt;
  CachedAnswer answer;
  auto name = question.name;
  for (std::size_t links = 0; links <= cname_chain_max; ++links) {
    if (const auto* none = find(key_of(name), now)) {
      answer.rcode = dns::Rcode::nxdomain;
      answer.soa = with_ttl(none->entry.records, seconds_left(none->expires, now)).front();
      return answer;
    }
    const auto* stored = find(key_of(name, question.type), now);
    const auto is_alias = stored == nullptr;
    if (is_alias) stored = find(key_of(name, Type::cname), now);
    // That a name is no alias says nothing of its other records.
    if (stored == nullptr || (is_alias && stored->entry.kind == CacheEntry::Kind::no_data)) return std::nullopt;
    auto records = with_ttl(stored->entry.records, seconds_left(stored->expires, now));
    if (stored->entry.kind == CacheEntry::Kind::no_data) {
      answer.soa = records.front();
      return answer;
    }
    answer.answers.insert(answer.answers.end(), records.begin(), records.end());
    if (!is_alias || question.type == Type::any) return answer;  // ANY asks for the alias itself
    name = std::get<dns::Cname>(records.front().data).target;
  }
  return std::nullopt;
}

std::vector<CacheEntry> Cache::entries(Time now) const {
  std::vector<const Stored*> living;
  for (const auto& [key, stored] : entries_) {
    if (stored.expires > now) living.push_back(&stored);
  }
  std::ranges::sort(living, {}, &Stored::number);
  std::vector<CacheEntry> shown;
  for (const auto* stored : living) {
    shown.push_back(stored->entry);
    shown.back().ttl = seconds_left(stored->expires, now);
  }
  return shown;
}

void Cache::erase(Entries::iterator entry) {
  bytes_ -= entry->second.bytes;
  uses_.erase(entry->second.use);
  entries_.erase(entry);
}

std::size_t Cache::flush() {
  const auto count = entries_.size();
  entries_.clear();
  uses_.clear();
  bytes_ = 0;
  return count;
}

std::size_t Cache::flush(dns::NameView name) {
  std::size_t count = 0;
  for (auto entry = entries_.begin(); entry != entries_.end();) {
    const auto next = std::next(entry);
    if (entry->second.entry.name.view() == name) {
      erase(entry);
      ++count;
    }
    entry = next;
  }
  return count;
}

}  // namespace labnet::dns_server
