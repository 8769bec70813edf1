// Vectors: RFC 4231; RFC 1321, appendix A.5; FIPS 180-2, appendices A and B.
#include "common/crypto/hash.hpp"

#include <gtest/gtest.h>

namespace labnet::crypto {
namespace {

TEST(Hash, GivesWhatTheStandardsGive) {
  const auto of = [](HashMethod method, std::string_view text) { return to_hex(hash(method, as_bytes(text))); };
  EXPECT_EQ(of(HashMethod::md5, ""), "d41d8cd98f00b204e9800998ecf8427e");
  EXPECT_EQ(of(HashMethod::md5, "message digest"), "f96b697d7cb7938d525a2f31aaf161d0");
  EXPECT_EQ(of(HashMethod::sha1, "abc"), "a9993e364706816aba3e25717850c26c9cd0d89d");
  EXPECT_EQ(of(HashMethod::sha256, "abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Hash, TakesItsBytesInAnyPieces) {
  const std::string text(1000, 'a');
  const auto whole = hash(HashMethod::sha256, as_bytes(text));
  for (std::size_t cut = 0; cut <= text.size(); cut += 37) {
    Hash one{HashMethod::sha256};
    one.add(as_bytes(std::string_view{text}.substr(0, cut)));
    one.add(as_bytes(std::string_view{text}.substr(cut)));
    EXPECT_EQ(one.finish(), whole) << cut;
  }
}

TEST(Hash, BeginsAnewOnceItIsFinished) {
  Hash one{HashMethod::sha256};
  one.add(as_bytes("something"));
  one.finish();
  one.add(as_bytes("abc"));
  EXPECT_EQ(one.finish(), hash(HashMethod::sha256, as_bytes("abc")));
}

TEST(Hmac, GivesWhatTheStandardGives) {  // RFC 4231, test case 2
  EXPECT_EQ(to_hex(hmac(HashMethod::sha256, as_bytes("Jefe"), as_bytes("what do ya want for nothing?"))),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST(Hmac, HashesAKeyThatIsLongerThanABlock) {  // RFC 4231, test case 6
  const Buffer key(131, std::byte{0xaa});
  EXPECT_EQ(to_hex(hmac(HashMethod::sha256, key, as_bytes("Test Using Larger Than Block-Size Key - Hash Key First"))),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST(Hmac, TakesAKeyOfABlockAsItIs) {
  const Buffer key(64, std::byte{0x0b}), longer(65, std::byte{0x0b});
  EXPECT_EQ(to_hex(hmac(HashMethod::md5, key, as_bytes("Hi There"))), "9901fb2cc405836204730f2a3d553855");
  EXPECT_EQ(hmac(HashMethod::md5, longer, as_bytes("Hi There")),
            hmac(HashMethod::md5, hash(HashMethod::md5, longer), as_bytes("Hi There")));
}

}  // namespace
}  // namespace labnet::crypto
