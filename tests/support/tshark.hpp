// Capture files as tshark reads them: another reader than the one under test.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace labnet::test {

/// A field of tshark's and what it says; several values of one field are apart by commas.
using TsharkFrame = std::map<std::string, std::string>;

/// The fields of every frame of a file that passes a display filter, in order. Checksums are judged:
/// ip.checksum.status and the like are "1" for a right one, "0" for a wrong one. The test fails if tshark does.
///
/// profile  the folder of one, by whose settings it reads; empty: by its own
std::vector<TsharkFrame> tshark(const std::string& file, const std::vector<std::string>& fields,
                                const std::string& display_filter = "", const std::string& profile = "");

}  // namespace labnet::test
