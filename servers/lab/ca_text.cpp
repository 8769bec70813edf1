#include "servers/lab/ca_text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "common/base/calendar.hpp"
#include "common/base/text.hpp"

namespace labnet::lab {
namespace {

constexpr std::size_t columns = 80;
constexpr int margin = 16;  // of what stands beside the words in front

/// Under which it is found in the list of a browser.
constexpr std::string_view nickname = "labnet lab CA";

/// As a shell takes it for one word.
std::string quoted(const std::string& path) {
  const auto is_plain = [](char c) {
    return is_digit(c) || (to_lower(c) >= 'a' && to_lower(c) <= 'z') ||
           std::string_view{"/._-+@:,"}.find(c) != std::string_view::npos;
  };
  if (std::ranges::all_of(path, is_plain)) return path;
  std::string text{"'"};
  for (const char c : path) text += c == '\'' ? std::string{"'\\''"} : std::string{c};
  return text + "'";
}

/// Words in lines, those after the first one below the first word.
std::string wrapped(const std::vector<std::string>& words) {
  std::string text;
  std::size_t column = margin;
  for (const auto& word : words) {
    if (column + word.size() > columns && !text.empty()) {
      text += fmt::format("\n{:{}}", "", margin);
      column = margin;
    } else if (!text.empty()) {
      text += ' ';
    }
    text += word;
    column += word.size() + 1;
  }
  return text;
}

std::string row(std::string_view what, std::string_view text) {
  return fmt::format("  {:<{}}{}\n", what, margin - 2, text);
}

/// "AB:CD:", as browsers show it.
std::string with_colons(const std::string& fingerprint) {
  std::string text;
  for (std::size_t i = 0; i < fingerprint.size(); i += 2) {
    if (!text.empty()) text += ':';
    text += to_upper(fingerprint.substr(i, 2));
  }
  return text;
}

/// 80 columns do not hold all of it.
std::string fingerprint_rows(std::string_view what, const std::string& sha256) {
  const auto text = with_colons(sha256);
  const auto half = (text.size() + 1) / 2;
  return row(what, text.substr(0, half)) + row("", text.substr(half));
}

std::string domains_text(const ca::Authority& authority) {
  if (authority.domains().empty()) return "any name, any address";
  auto words = authority.domains();
  for (auto& word : words) word += ',';
  words.insert(words.begin(), {"names", "at", "or", "below"});
  words.insert(words.end(), {"and", "any", "address"});
  return wrapped(words);
}

std::string about(const ca::Authority& authority) {
  const auto valid = fmt::format("from {} to {}", date_text(authority.not_before()), date_text(authority.not_after()));
  return row("certificate", authority.certificate_path().string()) + row("key", authority.key_path().string()) +
         row("name", authority.subject()) + fingerprint_rows("SHA-256", authority.sha256()) + row("valid", valid) +
         row("vouches for", domains_text(authority));
}

constexpr std::string_view how_to_trust = R"(
Whoever is to trust the lab's servers has to know this CA:

  curl      curl --cacert {0} \
                https://web.labredes71.com/

  Firefox   Settings, "Privacy & Security", "View Certificates...",
            "Authorities", "Import...": choose the file above, and tick
            "Trust this CA to identify websites".

  Chrome,   They read a database that certutil writes (Debian's package
  Chromium  libnss3-tools). Close them first:
              certutil -d sql:$HOME/.pki/nssdb -A -t C,, -n "{1}" \
                -i {0}
            Where there is no such database yet, make it before:
              mkdir -p $HOME/.pki/nssdb
              certutil -d sql:$HOME/.pki/nssdb -N --empty-password
            To take it out again:
              certutil -d sql:$HOME/.pki/nssdb -D -n "{1}"

  Debian,   for all users and most programs, as root:
  all of it   cp {0} \
                /usr/local/share/ca-certificates/labnet.crt
              update-ca-certificates
            To take it out again, remove that file and run
              update-ca-certificates --fresh

labnet's own clients know it already. The key is yours alone: whoever gets it
can play any server of the names above to those who trust the CA.
)";

}  // namespace

std::string to_text(const ca::Authority& authority) {
  return "The certificate authority of the lab, which signs for services with --tls:\n\n" + about(authority) +
         fmt::format(fmt::runtime(how_to_trust), quoted(authority.certificate_path().string()), nickname);
}

std::string to_json(const ca::Authority& authority) {
  boost::json::array domains(authority.domains().begin(), authority.domains().end());
  return boost::json::serialize(boost::json::object{{"certificate", authority.certificate_path().string()},
                                                    {"key", authority.key_path().string()},
                                                    {"subject", authority.subject()},
                                                    {"sha256", authority.sha256()},
                                                    {"not_before", date_text(authority.not_before())},
                                                    {"not_after", date_text(authority.not_after())},
                                                    {"domains", std::move(domains)}}) +
         '\n';
}

std::string renewal_text(const ca::Authority& authority, const std::optional<std::string>& old_sha256) {
  std::string text{"A new lab CA is made. What is not valid any more:\n\n"};
  if (old_sha256) {
    text += fingerprint_rows("the old CA", *old_sha256) +
            row("", "Take it out of browsers and systems that trust it, and let") +
            row("", "them trust the new one; \"labnet ca\" tells how.");
  }
  return text + row("certificates", "of services that run: they show the old ones until they") +
         row("", "reload (SIGHUP) or are restarted; in a lab: labnet down, then") + row("", "labnet up.") +
         "\nThe new one:\n\n" + about(authority);
}

}  // namespace labnet::lab
