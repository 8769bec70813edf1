// Any octets as RTCP: what is read is read the same when it was written again.
#include "common/rtp/limits.hpp"
#include "common/rtp/rtcp.hpp"
#include "common/rtp/rtcp_timing.hpp"
#include "tests/support/require.hpp"

namespace {

using namespace labnet;
using test::require;

void check_blocks(const std::vector<rtp::ReportBlock>& blocks) {
  require(blocks.size() <= rtp::report_blocks_max, "there are no more blocks than may be");
  for (const auto& block : blocks) {
    const auto trip = rtp::round_trip(block, {block.extended_highest_sequence, block.jitter_ticks});
    require(!trip || trip->count() >= 0, "nothing arrives before it was sent");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto packets = rtp::parse_compound(std::as_bytes(std::span{data, size}));
  if (!packets) {
    require(!describe(packets.error()).empty(), "a fault has words");
    return 0;
  }
  require(!packets->empty() && packets->size() <= rtp::rtcp_packets_max, "one packet at least");
  for (const auto& packet : *packets) {
    if (const auto* report = std::get_if<rtp::SenderReport>(&packet)) check_blocks(report->blocks);
    if (const auto* report = std::get_if<rtp::ReceiverReport>(&packet)) check_blocks(report->blocks);
  }
  Buffer buffer;
  ByteWriter out{buffer};
  write_compound(*packets, out);
  require(rtp::parse_compound(buffer) == packets, "it is read as it was written");
  return 0;
}
