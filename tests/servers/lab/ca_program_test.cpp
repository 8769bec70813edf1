// labnet ca as a user runs it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include <boost/json/parse.hpp>

#include "common/base/text.hpp"
#include "common/ca/authority.hpp"
#include "common/log/clock.hpp"
#include "tests/support/child.hpp"

namespace labnet::test {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class CaProgram : public testing::Test {
 protected:
  Outcome ca(std::vector<std::string> arguments = {}) const {
    arguments.insert(arguments.begin(), {labnet(), "ca"});
    return run(arguments, {.environment = {{"LABNET_CA_DIR", folder_}}});
  }
  std::string sha256() const { return (*ca::Authority::find(folder_))->sha256(); }
  std::string certificate() const { return folder_ + "/ca.crt"; }

  TemporaryFolder temporary_;
  std::string folder_ = temporary_.path() + "/ca";
};

TEST_F(CaProgram, MakesTheCaAndTellsHowToTrustIt) {
  const auto outcome = ca();
  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
  EXPECT_EQ(outcome.errors, "");
  EXPECT_THAT(outcome.output, HasSubstr("  certificate   " + certificate() + "\n"));
  for (const auto* const how :
       {"curl --cacert ", "Firefox", "Trust this CA to identify websites", "Chromium",
        "certutil -d sql:$HOME/.pki/nssdb -A -t C,, -n \"labnet lab CA\"", "update-ca-certificates"}) {
    EXPECT_THAT(outcome.output, HasSubstr(how));
  }
  const auto fingerprint = to_upper(sha256());
  EXPECT_THAT(outcome.output,
              HasSubstr("  SHA-256       " + fingerprint.substr(0, 2) + ":" + fingerprint.substr(2, 2)));
  EXPECT_THAT(outcome.output, HasSubstr(":" + fingerprint.substr(62) + "\n"));
  EXPECT_EQ(ca().output, outcome.output) << "the second time";
}

TEST_F(CaProgram, FitsATerminal) {
  for (const auto& text : {ca().output, ca({"--renew"}).output}) {
    for (const auto line : split(text, '\n')) {
      const auto has_path = line.find(folder_) != line.npos;
      EXPECT_TRUE(has_path || line.size() <= 80) << line;
    }
  }
}

TEST_F(CaProgram, PrintsThePathAlone) {
  const auto outcome = ca({"--path"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
  EXPECT_EQ(outcome.output, certificate() + "\n");
  EXPECT_EQ(outcome.errors, "");
  EXPECT_TRUE(fs::exists(certificate()));
}

TEST_F(CaProgram, QuotesAPathForTheShell) {
  folder_ = temporary_.path() + "/Sam's lab";
  EXPECT_THAT(ca().output, HasSubstr("curl --cacert '" + temporary_.path() + "/Sam'\\''s lab/ca.crt' \\\n"));
  EXPECT_EQ(ca({"--path"}).output, certificate() + "\n");
}

TEST_F(CaProgram, GivesJson) {
  const auto object = boost::json::parse(ca({"--format", "json"}).output).as_object();
  EXPECT_EQ(object.at("certificate").as_string(), certificate());
  EXPECT_EQ(object.at("sha256").as_string(), sha256());
  EXPECT_EQ(object.at("domains").at(0).as_string(), "labredes71.com");
}

TEST_F(CaProgram, RenewsWithoutAQuestionAndSaysWhatIsNotValidAnyMore) {
  ca();
  const auto old = sha256();
  const auto outcome = ca({"--renew"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
  EXPECT_NE(sha256(), old);
  EXPECT_THAT(
      outcome.output,
      AllOf(HasSubstr("the old CA    " + to_upper(old.substr(0, 2)) + ":"), HasSubstr("Take it out of browsers"),
            HasSubstr("of services that run: they show the old ones"), HasSubstr(certificate())));
}

TEST_F(CaProgram, RenewsWhatCannotBeUsed) {
  ca();
  const auto old = sha256();
  fs::remove(folder_ + "/ca.key");
  const auto refused = ca();
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_EQ(refused.output, "");
  EXPECT_EQ(refused.errors, "labnet ca: the lab CA is not whole: " + folder_ +
                                "/ca.key is missing; put it back, or make a new one with \"labnet ca --renew\"\n");
  EXPECT_THAT(ca({"--renew"}).output, HasSubstr("the old CA    " + to_upper(old.substr(0, 2)) + ":"));
  EXPECT_EQ(ca().exit_code, 0);
}

TEST_F(CaProgram, RenewsAnExpiredOneWithItsDomains) {
  const auto then = seconds_now() - std::chrono::days{4000};
  ASSERT_TRUE(ca::Authority::renew(folder_, {"uni.edu"}, then));
  EXPECT_THAT(ca().errors, AllOf(HasSubstr(" has expired: it was valid until "), HasSubstr("\"labnet ca --renew\"")));
  const auto outcome = ca({"--renew", "--domain", "other.edu"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
  EXPECT_TRUE((*ca::Authority::find(folder_))->may_vouch_for("www.uni.edu"));
  EXPECT_TRUE((*ca::Authority::find(folder_))->may_vouch_for("www.other.edu"));
}

TEST_F(CaProgram, GivesDomainsToANewCaOnly) {
  const auto outcome = ca({"--domain", "uni.edu"});
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.errors, HasSubstr("--domain needs --renew"));
  EXPECT_FALSE(fs::exists(folder_));
}

TEST_F(CaProgram, SaysWhereItCannotBeMade) {
  temporary_.write("ca", "a file");
  const auto outcome = ca({"--path"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_EQ(outcome.output, "");
  EXPECT_THAT(outcome.errors, StartsWith("labnet ca: cannot "));
}

TEST_F(CaProgram, NeedsAHomeOrAFolder) {
  const auto outcome =
      run({labnet(), "ca"}, {.environment = {{"LABNET_CA_DIR", ""}, {"XDG_DATA_HOME", ""}, {"HOME", ""}}});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.errors, HasSubstr("HOME is not set; set LABNET_CA_DIR to a folder of your own"));
}

}  // namespace
}  // namespace labnet::test
