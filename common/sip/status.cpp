// The table of status codes.
#include "common/sip/status.hpp"

#include <algorithm>
#include <array>

namespace labnet::sip {
namespace {

struct StatusRow {
  int status;
  std::string_view reason;
};

constexpr std::array status_rows{
    StatusRow{100, "Trying"},
    StatusRow{180, "Ringing"},
    StatusRow{181, "Call Is Being Forwarded"},
    StatusRow{182, "Queued"},
    StatusRow{183, "Session Progress"},
    StatusRow{199, "Early Dialog Terminated"},  // RFC 6228
    StatusRow{200, "OK"},
    StatusRow{202, "Accepted"},         // RFC 3515, deprecated by RFC 6665
    StatusRow{204, "No Notification"},  // RFC 5839
    StatusRow{300, "Multiple Choices"},
    StatusRow{301, "Moved Permanently"},
    StatusRow{302, "Moved Temporarily"},
    StatusRow{305, "Use Proxy"},
    StatusRow{380, "Alternative Service"},
    StatusRow{400, "Bad Request"},
    StatusRow{401, "Unauthorized"},
    StatusRow{402, "Payment Required"},
    StatusRow{403, "Forbidden"},
    StatusRow{404, "Not Found"},
    StatusRow{405, "Method Not Allowed"},
    StatusRow{406, "Not Acceptable"},
    StatusRow{407, "Proxy Authentication Required"},
    StatusRow{408, "Request Timeout"},
    StatusRow{410, "Gone"},
    StatusRow{412, "Conditional Request Failed"},  // RFC 3903
    StatusRow{413, "Request Entity Too Large"},
    StatusRow{414, "Request-URI Too Long"},
    StatusRow{415, "Unsupported Media Type"},
    StatusRow{416, "Unsupported URI Scheme"},
    StatusRow{417, "Unknown Resource-Priority"},  // RFC 4412
    StatusRow{420, "Bad Extension"},
    StatusRow{421, "Extension Required"},
    StatusRow{422, "Session Interval Too Small"},  // RFC 4028
    StatusRow{423, "Interval Too Brief"},
    StatusRow{424, "Bad Location Information"},          // RFC 6442
    StatusRow{425, "Bad Alert Message"},                 // RFC 8876
    StatusRow{428, "Use Identity Header"},               // RFC 8224
    StatusRow{429, "Provide Referrer Identity"},         // RFC 3892
    StatusRow{430, "Flow Failed"},                       // RFC 5626
    StatusRow{433, "Anonymity Disallowed"},              // RFC 5079
    StatusRow{436, "Bad Identity Info"},                 // RFC 8224
    StatusRow{437, "Unsupported Credential"},            // RFC 8224
    StatusRow{438, "Invalid Identity Header"},           // RFC 8224
    StatusRow{439, "First Hop Lacks Outbound Support"},  // RFC 5626
    StatusRow{440, "Max-Breadth Exceeded"},              // RFC 5393
    StatusRow{469, "Bad Info Package"},                  // RFC 6086
    StatusRow{470, "Consent Needed"},                    // RFC 5360
    StatusRow{480, "Temporarily Unavailable"},
    StatusRow{481, "Call/Transaction Does Not Exist"},
    StatusRow{482, "Loop Detected"},
    StatusRow{483, "Too Many Hops"},
    StatusRow{484, "Address Incomplete"},
    StatusRow{485, "Ambiguous"},
    StatusRow{486, "Busy Here"},
    StatusRow{487, "Request Terminated"},
    StatusRow{488, "Not Acceptable Here"},
    StatusRow{489, "Bad Event"},  // RFC 6665
    StatusRow{491, "Request Pending"},
    StatusRow{493, "Undecipherable"},
    StatusRow{494, "Security Agreement Required"},  // RFC 3329
    StatusRow{500, "Server Internal Error"},
    StatusRow{501, "Not Implemented"},
    StatusRow{502, "Bad Gateway"},
    StatusRow{503, "Service Unavailable"},
    StatusRow{504, "Server Time-out"},
    StatusRow{505, "Version Not Supported"},
    StatusRow{513, "Message Too Large"},
    StatusRow{555, "Push Notification Service Not Supported"},  // RFC 8599
    StatusRow{580, "Precondition Failure"},                     // RFC 3312
    StatusRow{600, "Busy Everywhere"},
    StatusRow{603, "Decline"},
    StatusRow{604, "Does Not Exist Anywhere"},
    StatusRow{606, "Not Acceptable"},
    StatusRow{607, "Unwanted"},  // RFC 8197
    StatusRow{608, "Rejected"},  // RFC 8688
};
static_assert(std::ranges::is_sorted(status_rows, {}, &StatusRow::status));

/// What the class is called, where x00 is not registered itself.
constexpr std::array<std::string_view, 7> class_reasons{
    "", "Session Progress", "OK", "Multiple Choices", "Bad Request", "Server Internal Error", "Busy Everywhere"};

}  // namespace

std::string_view reason_phrase(int status) {
  constexpr int codes_of_class = 100;
  if (status < status_min || status > status_max) return {};
  const auto row = std::ranges::lower_bound(status_rows, status, {}, &StatusRow::status);
  if (row != status_rows.end() && row->status == status) return row->reason;
  return class_reasons[static_cast<std::size_t>(status / codes_of_class)];
}

}  // namespace labnet::sip
