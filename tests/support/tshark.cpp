#include "tests/support/tshark.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "common/base/text.hpp"
#include "tests/support/child.hpp"

namespace labnet::test {

std::vector<TsharkFrame> tshark(const std::string& file, const std::vector<std::string>& fields,
                                const std::string& display_filter, const std::string& profile) {
  std::vector<std::string> command{"tshark", "-n", "-r", file, "-T", "fields"};
  for (const auto* protocol : {"ip", "udp", "tcp"}) {
    command.insert(command.end(), {"-o", std::string{protocol} + ".check_checksum:TRUE"});
  }
  if (!display_filter.empty()) command.insert(command.end(), {"-Y", display_filter});
  for (const auto& field : fields) command.insert(command.end(), {"-e", field});
  How how{.patience = std::chrono::seconds{60}};
  const TemporaryFolder settings;
  if (!profile.empty()) {
    std::filesystem::create_directory(settings.path() + "/profiles");
    std::filesystem::create_directory_symlink(std::filesystem::absolute(profile), settings.path() + "/profiles/tried");
    command.insert(command.end(), {"-C", "tried"});
    how.environment["WIRESHARK_CONFIG_DIR"] = settings.path();
  }
  const auto outcome = run(command, how);
  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
  EXPECT_THAT(outcome.errors, testing::Not(testing::HasSubstr("preference")));
  std::vector<TsharkFrame> frames;
  for (const auto line : split(outcome.output, '\n')) {
    if (line.empty()) continue;
    const auto values = split(line, '\t');
    auto& frame = frames.emplace_back();
    for (std::size_t i = 0; i < fields.size() && i < values.size(); ++i) frame[fields[i]] = values[i];
  }
  return frames;
}

}  // namespace labnet::test
