// How good a call sounds, out of what was measured: the E-model, simplified (ITU-T G.107), for G.711.
//
//   R = 93.2 - Id - Ie,eff          the defaults of all that is not measured make 93.2
//   Id = 0.024 d + 0.11 (d - 177.3) the second part for more than 177.3 ms from mouth to ear
//   Ie,eff = 95 Ppl / (Ppl / BurstR + Bpl)
//   MOS = 1 + 0.035 R + 7e-6 R (R - 60) (100 - R)
#pragma once

#include <optional>
#include <string_view>

namespace labnet::audio {

struct CallMeasures {
  std::optional<double> loss_ratio{};  // of packets, 0 to 1, those too late to be played included
  std::optional<double> delay_ms{};    // from mouth to ear, one way: half a round trip, packet and jitter buffer
  bool is_concealed = true;            // whoever plays makes up what is lost
  double burst_ratio = 1;              // 1: losses at random; more: several in a row
};

struct Quality {
  double r = 0;            // 0 to 93.2
  double mos = 1;          // 1 to 4.5, as listeners would say
  bool has_delay = false;  // the delay was measured; otherwise it counts as none

  bool operator==(const Quality&) const = default;
};

/// Nothing until the loss has been measured: nobody knows how a call sounds of which nothing came.
std::optional<Quality> quality_of(const CallMeasures& measures);

double mos_of(double r);
/// "very satisfied", as G.107, Annex B, has it.
std::string_view satisfaction_at(double r);

}  // namespace labnet::audio
