// JSON for programs that know little of it: numbers without exponents, "0.59" in place of "5.9E-1".
#pragma once

#include <string>

#include <boost/json/value.hpp>

namespace labnet {

/// On one line, without spaces. A number with a fraction has as many digits as it takes to read the same one again.
std::string json_text(const boost::json::value& value);

}  // namespace labnet
