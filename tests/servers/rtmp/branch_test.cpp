// In which turns the players of a stream are handed what comes.
#include "servers/rtmp/branch.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

namespace labnet::rtmp_server {
namespace {

using testing::ElementsAre;
using Turns = std::vector<std::vector<std::uint64_t>>;  // the batches of each, by their numbers
using namespace std::chrono_literals;

class CountingPlayer final : public Player {
 public:
  /// time  that each turn takes
  explicit CountingPlayer(net::Clock::duration time = 0ms) : time_{time} {}
  void take(std::span<const SharedBatch> batches) override {
    auto& turn = turns.emplace_back();
    for (const auto& batch : batches) turn.push_back(batch->sequence);
    std::this_thread::sleep_for(time_);
  }
  std::size_t taken() const {
    std::size_t count = 0;
    for (const auto& turn : turns) count += turn.size();
    return count;
  }

  Turns turns;

 private:
  net::Clock::duration time_;
};

SharedBatch batch(std::uint64_t number) {
  return std::make_shared<const Batch>(Batch{.sequence = number});
}

/// On its worker, until a player has been handed so many batches.
void run_on_worker(net::Runtime& runtime, const CountingPlayer& player, std::size_t batches,
                   const std::function<void(Branch&)>& use) {
  auto& worker = runtime.workers().front();
  const auto branch = std::make_shared<Branch>(worker);
  worker.post([&] { use(*branch); });
  while (player.taken() < batches) ASSERT_GT(worker.context().run_one_for(10s), 0U);
}

TEST(RtmpBranch, HandsOutAtOnceWhatComesFirst) {
  net::Runtime runtime;
  CountingPlayer player;
  run_on_worker(runtime, player, 1, [&](Branch& branch) {
    branch.add(player);
    branch.take(batch(1));
    EXPECT_THAT(player.turns, ElementsAre(ElementsAre(1)));
  });
}

TEST(RtmpBranch, HandsOutTogetherWhatComesWhilePlayersCostMuch) {
  net::Runtime runtime;
  CountingPlayer slow{20ms}, other;
  run_on_worker(runtime, other, 4, [&](Branch& branch) {
    branch.add(slow);
    branch.add(other);
    for (std::uint64_t number = 1; number <= 4; ++number) branch.take(batch(number));
  });
  EXPECT_THAT(slow.turns, ElementsAre(ElementsAre(1), ElementsAre(2, 3, 4)));
  EXPECT_EQ(other.turns, slow.turns);
}

TEST(RtmpBranch, LosesNothingAndKeepsTheOrder) {
  net::Runtime runtime;
  CountingPlayer player{1ms};
  run_on_worker(runtime, player, 100, [&](Branch& branch) {
    branch.add(player);
    for (std::uint64_t number = 1; number <= 100; ++number) branch.take(batch(number));
  });
  std::uint64_t expected = 0;
  for (const auto& turn : player.turns) {
    for (const auto number : turn) EXPECT_EQ(number, ++expected);
  }
  EXPECT_EQ(expected, 100U);
}

TEST(RtmpBranch, WhoLeavesIsHandedNothingThatStillWaits) {
  net::Runtime runtime;
  CountingPlayer slow{20ms}, leaving;
  run_on_worker(runtime, slow, 2, [&](Branch& branch) {
    branch.add(slow);
    branch.add(leaving);
    branch.take(batch(1));
    branch.take(batch(2));
    branch.remove(leaving);
  });
  EXPECT_EQ(slow.taken(), 2U);
  EXPECT_THAT(leaving.turns, ElementsAre(ElementsAre(1)));
}

}  // namespace
}  // namespace labnet::rtmp_server
