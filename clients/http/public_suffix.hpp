// Where the names end that anybody may register below: .com, .co.uk, .com.ve (the public suffix list, as browsers use
// it). libpsl has the list within itself; this is the only file that knows libpsl.
#pragma once

#include <string>
#include <string_view>

namespace labnet::http_client {

/// Whether what is below belongs to many who have nothing to do with each other. So is every top-level domain, one that
/// is not in the list, too.
/// host  in small letters, without a dot at its end; international names as they travel ("xn--...")
bool is_public_suffix(const std::string& host);

/// The public suffix and the label in front of it, which is what somebody has registered: "labredes71.com" of
/// "web.labredes71.com". The host itself if it is a public suffix; an address is for the caller to know.
std::string_view registrable_domain(const std::string& host);

}  // namespace labnet::http_client
