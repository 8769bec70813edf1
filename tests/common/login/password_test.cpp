#include "common/login/password.hpp"

#include <gtest/gtest.h>

#include "common/login/check.hpp"

namespace labnet::login {
namespace {

using namespace std::string_literals;

TEST(LoginPasswords, MatchInPlainAndByHash) {
  EXPECT_TRUE(matches("secret", "secret"));
  EXPECT_FALSE(matches("secret2", "secret"));
  EXPECT_FALSE(matches("", "secret"));
  const auto hash = hash_of("secret");
  ASSERT_TRUE(hash);
  EXPECT_TRUE(is_hash(*hash));
  EXPECT_TRUE(matches("secret", *hash));
  EXPECT_FALSE(matches("Secret", *hash));
  EXPECT_FALSE(matches("secret\0more"s, *hash));
  EXPECT_FALSE(matches(*hash, *hash));
  EXPECT_FALSE(matches("x", "$none$"));
}

TEST(LoginPasswords, ThatAreLockedMatchNothing) {
  for (const auto* stored : {"!", "*", "!secret", "!$y$j9T$x"}) {
    EXPECT_TRUE(is_locked(stored)) << stored;
    EXPECT_FALSE(matches(stored, stored)) << stored;
  }
  EXPECT_FALSE(is_locked("secret!"));
}

TEST(LoginPasswords, HaveALimit) {
  const std::string longest(password_bytes_max, 'x');
  EXPECT_EQ(objection_to_stored_password(longest), "");
  EXPECT_TRUE(matches(longest, longest));
  EXPECT_EQ(objection_to_stored_password(longest + 'x'), "a password has at most 256 bytes");
  EXPECT_FALSE(matches(longest + 'x', longest + 'x'));
  EXPECT_NE(objection_to_stored_password(""), "");
  for (const auto& wrong : {"a\rb"s, "a\nb"s, "a\0b"s}) EXPECT_NE(objection_to_stored_password(wrong), "") << wrong;
}

TEST(LoginStandIns, AreAlwaysTheSameForAName) {
  StandIns stand_ins;
  EXPECT_EQ(stand_ins.find("ann"), nullptr);
  stand_ins.add("plain");
  stand_ins.add("!");
  EXPECT_EQ(stand_ins.find("ann"), nullptr);
  stand_ins.add("$y$1");
  stand_ins.add("$y$2");
  for (const auto* name : {"ann", "ben", "tom", ""}) {
    ASSERT_NE(stand_ins.find(name), nullptr);
    EXPECT_EQ(*stand_ins.find(name), *stand_ins.find(name));
    EXPECT_TRUE(is_hash(*stand_ins.find(name)));
  }
}

class LoginCheck : public testing::Test {
 protected:
  bool is_right(const std::string& name, const std::string& password, const std::string* stored) const {
    const auto outcome = net::run_to_end<bool>(
        [&](net::Worker& worker) { return login::is_right(worker, name, password, stored, stand_ins); });
    return outcome.value();
  }
  const std::string hash = hash_of("secret").value();
  const std::string plain = "secret", locked = "!";
  StandIns stand_ins;
};

TEST_F(LoginCheck, AdmitsOnlyWhoHasThePassword) {
  for (const bool has_stand_ins : {false, true}) {
    if (has_stand_ins) stand_ins.add(hash);
    for (const auto* stored : {&hash, &plain}) {
      EXPECT_TRUE(is_right("ann", "secret", stored));
      EXPECT_FALSE(is_right("ann", "wrong", stored));
      EXPECT_FALSE(is_right("ann", "", stored));
      EXPECT_FALSE(is_right("ann", std::string(password_bytes_max + 1, 'x'), stored));
    }
    // Nor with the password of whose hash stands in.
    EXPECT_FALSE(is_right("nobody", "secret", nullptr));
    EXPECT_FALSE(is_right("nobody", "", nullptr));
    EXPECT_FALSE(is_right("off", "secret", &locked));
    EXPECT_FALSE(is_right("off", "!", &locked));
  }
}

}  // namespace
}  // namespace labnet::login
