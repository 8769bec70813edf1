// The answers that a resolver remembers, until their time is over or there is no more room. Pure: the time is given.
#pragma once

#include <chrono>
#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "common/dns/message.hpp"
#include "servers/dns/accept_reply.hpp"

namespace labnet::dns_server {

struct CacheLimits {
  std::size_t entries_max = 10'000;               // the one that was used least recently goes first
  std::size_t bytes_max = std::size_t{16} << 20;  // of memory, about; what alone takes more is not remembered
  std::chrono::seconds ttl_max{std::chrono::hours{24}};
  std::chrono::seconds negative_ttl_max{std::chrono::hours{1}};  // RFC 2308, section 5
};

/// What is known of a question.
struct CachedAnswer {
  dns::Rcode rcode = dns::Rcode::noerror;
  std::vector<dns::Record> answers;  // aliases first; the TTL of each is what is left of it
  std::optional<dns::Record> soa;    // of a negative answer
};

/// One thing that is known: the records of a name and type, or that there are none.
struct CacheEntry {
  enum class Kind { records, no_data, no_name };
  Kind kind = Kind::records;
  dns::Name name;
  dns::Type type = dns::Type::a;     // without a meaning for no_name
  std::vector<dns::Record> records;  // for a negative entry its SOA record, if there was one
  std::uint32_t ttl = 0;             // what is left, in seconds
};

/// Not for several threads at once.
class Cache {
 public:
  /// Since any moment, always the same one; never goes back.
  using Time = std::chrono::milliseconds;

  explicit Cache(const CacheLimits& limits = {}) : limits_{limits} {}

  /// No TTL of an answer is to be told, the first time either, that is longer than it would be remembered.
  void cap_ttls(Accepted& answer) const;

  /// Remembers each alias and RRset of an answer under its own name. TTLs of 0 are not remembered.
  void store(const dns::Question& question, const Accepted& answer, Time now);

  /// The whole answer, aliases followed; nothing if any part of it is missing.
  std::optional<CachedAnswer> find(const dns::Question& question, Time now);

  /// All that is known, in the order of storing.
  std::vector<CacheEntry> entries(Time now) const;

  /// How many entries went.
  std::size_t flush();
  std::size_t flush(dns::NameView name);

  std::size_t size() const { return entries_.size(); }
  /// What the entries take, about.
  std::size_t bytes() const { return bytes_; }

 private:
  struct Stored {
    CacheEntry entry;
    Time expires{};
    std::uint64_t number = 0;  // of storing
    std::size_t bytes = 0;
    std::list<std::string>::iterator use;
  };
  using Entries = std::unordered_map<std::string, Stored>;  // by folded name, and type but for no_name

  void put(CacheEntry entry, std::chrono::seconds ttl, Time now);
  Stored* find(const std::string& key, Time now);
  void erase(Entries::iterator entry);

  CacheLimits limits_;
  Entries entries_;
  std::list<std::string> uses_;  // keys, the most recently used first
  std::uint64_t next_number_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace labnet::dns_server
