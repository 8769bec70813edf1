// Permissions in letters, all 4096 of them.
#include "common/ftp/permissions.hpp"

#include <gtest/gtest.h>

namespace labnet::ftp {
namespace {

TEST(FtpPermissions, AreThreeTimesThreeLetters) {
  EXPECT_EQ(permission_text(0644), "rw-r--r--");
  EXPECT_EQ(permission_text(0751), "rwxr-x--x");
  EXPECT_EQ(permission_text(0), "---------");
}

TEST(FtpPermissions, ShowTheBitsAboveInTheLetterForExecution) {
  EXPECT_EQ(permission_text(04755), "rwsr-xr-x");
  EXPECT_EQ(permission_text(04644), "rwSr--r--");
  EXPECT_EQ(permission_text(02755), "rwxr-sr-x");
  EXPECT_EQ(permission_text(02745), "rwxr-Sr-x");
  EXPECT_EQ(permission_text(01777), "rwxrwxrwt");
  EXPECT_EQ(permission_text(01776), "rwxrwxrwT");
  EXPECT_EQ(permission_text(0107777), "rwsrwsrwt") << "what is above is left out";
}

TEST(FtpPermissions, AllComeBackAsTheyWereWritten) {
  for (unsigned mode = 0; mode <= permission_bits; ++mode) EXPECT_EQ(parse_permissions(permission_text(mode)), mode);
}

TEST(FtpPermissions, OfOtherLettersAreNone) {
  for (const auto* text :
       {"", "rw-r--r-", "rw-r--r--+", "wr-r--r--", "rwtr--r--", "rw-r--r-s", "RWXR-XR-X", "rwlr--r--", "rw r--r--"}) {
    EXPECT_EQ(parse_permissions(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace labnet::ftp
