// What the lab's CA may vouch for.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace labnet::ca {

// RFC 1035, section 2.3.4.
constexpr std::size_t name_bytes_max = 253;
constexpr std::size_t label_bytes_max = 63;

/// What is wrong with a name for a certificate: "expected ..." or nothing if it is "www.lab" or "*.web.lab". Letters
/// beyond ASCII have to be written as in the DNS, "xn--mnchen-3ya.lab"; what is written so is left as it is.
std::string objection_to_name(std::string_view name);

/// Of a URL in a certificate.
constexpr std::size_t ocsp_url_bytes_max = 1000;
/// What is wrong with the URL of an OCSP responder for a certificate: "expected ..." or nothing if it is
/// "http://ocsp.lab/". Not https: whoever asks is about to find out whether a certificate counts.
std::string objection_to_ocsp_url(std::string_view url);

/// A host name is below a domain, or is that domain: "ftp.lab" and "*.web.lab" of "lab". Case does not matter.
bool is_at_or_below(std::string_view name, std::string_view domain);
bool is_at_or_below(std::string_view name, std::span<const std::string> domains);

/// True if no such name can be one of the Internet: one label with a digit or a hyphen. Top-level domains have letters
/// only (RFC 1123, section 2.1), but "dev" or "app", as a machine may well be called, are such.
bool is_private_label(std::string_view name);

/// The domains of a new CA: those of the course, and such as are nobody's in the Internet.
const std::vector<std::string>& usual_domains();

}  // namespace labnet::ca
