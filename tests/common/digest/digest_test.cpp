// Digest's hashes against the examples of the RFCs, and its texts there and back.
#include "common/digest/digest.hpp"

#include <gtest/gtest.h>

#include <map>

namespace labnet::digest {
namespace {

/// RFC 7616, section 3.9.1.
Credentials mufasa(Algorithm algorithm) {
  return {.user = "Mufasa",
          .realm = "http-auth@example.org",
          .nonce = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
          .uri = "/dir/index.html",
          .response = {},
          .cnonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
          .nonce_count = 1,
          .opaque = "FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS",
          .algorithm = algorithm};
}

TEST(Digest, RespondsAsTheExamplesOfTheRfcs) {
  const auto example = [](Algorithm algorithm) {
    const auto credentials = mufasa(algorithm);
    return response_of(credentials, "GET", secret_of(algorithm, credentials.user, credentials.realm, "Circle of Life"));
  };
  EXPECT_EQ(example(Algorithm::md5), "8ca523f5e9506fed4657c9700eebdbec");
  EXPECT_EQ(example(Algorithm::sha256), "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1");
}

TEST(Digest, ResponseIsRightForTheSecretAndTheMethodAlone) {
  auto credentials = mufasa(Algorithm::sha256);
  const auto secret = secret_of(credentials.algorithm, credentials.user, credentials.realm, "Circle of Life");
  credentials.response = response_of(credentials, "GET", secret);
  EXPECT_TRUE(is_right(credentials, "GET", secret));
  EXPECT_FALSE(is_right(credentials, "POST", secret));
  EXPECT_FALSE(is_right(credentials, "GET", secret_of(credentials.algorithm, "Mufasa", "x", "Circle of Life")));
  credentials.nonce_count = 2;
  EXPECT_FALSE(is_right(credentials, "GET", secret));
  credentials.response.clear();
  EXPECT_FALSE(is_right(credentials, "GET", secret));
}

/// The parameters of "Digest a=b, c=d", as a protocol reads them.
struct Parameters {
  explicit Parameters(std::string text) {
    text.erase(0, std::string{"Digest "}.size());
    while (!text.empty()) {
      const auto equals = text.find('=');
      const bool is_quoted = text[equals + 1] == '"';
      const auto end = is_quoted ? text.find('"', equals + 2) : text.find(',', equals);
      values[text.substr(0, equals)] = text.substr(equals + (is_quoted ? 2 : 1), end - equals - (is_quoted ? 2 : 1));
      const auto next = text.find_first_not_of(", \"", end);
      text.erase(0, next);
    }
  }
  Parameter lookup() const {
    return [this](std::string_view name) -> std::optional<std::string_view> {
      const auto found = values.find(name);
      if (found == values.end()) return std::nullopt;
      return found->second;
    };
  }
  std::map<std::string, std::string, std::less<>> values;
};

TEST(Digest, WithoutQopIsThatOfRfc2069) {
  // RFC 2617, section 3.5, without its qop: what RFC 2069 makes of the same names.
  Credentials credentials{.user = "Mufasa",
                          .realm = "testrealm@host.com",
                          .nonce = "dcd98b7102dd2f0e8b11d0f600bfb0c093",
                          .uri = "/dir/index.html",
                          .has_qop = false};
  const auto secret = secret_of(Algorithm::md5, "Mufasa", "testrealm@host.com", "Circle Of Life");
  EXPECT_EQ(secret, "939e7578ed9e3c518a452acee763bce9");
  EXPECT_EQ(response_of(credentials, "GET", secret), "670fd8c2df070c60b045671b8b24ff02");
  credentials.response = response_of(credentials, "GET", secret);
  EXPECT_EQ(credentials_of(Parameters{to_text(credentials)}.lookup()), credentials);
}

TEST(Digest, TakesWhatOldPhonesLeaveOutAndNothingLess) {
  const std::string whole =
      "Digest username=\"101\", realm=\"lab\", nonce=\"n\", uri=\"sip:lab\", response=\"0\", algorithm=md5";
  EXPECT_TRUE(credentials_of(Parameters{whole}.lookup()));
  for (const auto* const name : {"username", "realm", "nonce", "uri", "response"}) {
    Parameters without{whole};
    without.values.erase(name);
    EXPECT_FALSE(credentials_of(without.lookup())) << name;
  }
  EXPECT_FALSE(credentials_of(Parameters{whole + ", qop=auth"}.lookup()));  // then cnonce and nc must be there
  EXPECT_TRUE(credentials_of(Parameters{whole + ", qop=auth, cnonce=\"c\", nc=00000001"}.lookup()));
  EXPECT_FALSE(credentials_of(Parameters{whole + ", qop=auth, cnonce=\"c\", nc=1"}.lookup()));
  EXPECT_FALSE(credentials_of(Parameters{whole + ", qop=auth-int, cnonce=\"c\", nc=00000001"}.lookup()));
}

TEST(Digest, ChallengesComeBackAsTheyWereWritten) {
  for (const bool has_qop : {true, false}) {
    const Challenge challenge{.realm = "the lab",
                              .nonce = "n",
                              .opaque = "o",
                              .algorithm = Algorithm::sha256,
                              .stale = true,
                              .has_qop = has_qop};
    EXPECT_EQ(challenge_of(Parameters{to_text(challenge)}.lookup()), challenge);
  }
  EXPECT_FALSE(challenge_of(Parameters{"Digest realm=a, nonce=b, qop=auth-int"}.lookup()));
  EXPECT_FALSE(challenge_of(Parameters{"Digest realm=a, nonce=b, algorithm=MD5-sess"}.lookup()));
}

}  // namespace
}  // namespace labnet::digest
