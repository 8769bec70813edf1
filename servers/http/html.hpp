// The pages that the service writes itself.
#pragma once

#include <string>
#include <string_view>

namespace labnet::http_server {

/// Text for an HTML page, in an element or an attribute. Octets that are no UTF-8 become U+FFFD.
std::string html_text(std::string_view text);

/// title, body  HTML already, as the rest of the head
std::string html_page(std::string_view title, std::string_view body, std::string_view further_head = {});

}  // namespace labnet::http_server
