// Paths: whatever a client writes stays below the root.
#include "common/ftp/path.hpp"

#include <gtest/gtest.h>

#include "common/ftp/limits.hpp"

namespace labnet::ftp {
namespace {

using namespace std::literals;

std::string resolved(std::string_view folder, std::string_view text) {
  return *resolve_path(folder, text);
}

TEST(FtpPath, IsReadAgainstTheFolder) {
  EXPECT_EQ(resolved("/home/samurt123", "1.png"), "/home/samurt123/1.png");
  EXPECT_EQ(resolved("/", "1.png"), "/1.png");
  EXPECT_EQ(resolved("/home", "samurt123/music"), "/home/samurt123/music");
  EXPECT_EQ(resolved("/home", ""), "/home");
  EXPECT_EQ(resolved("/", ""), "/");
}

TEST(FtpPath, ThatBeginsAtTheRootForgetsTheFolder) {
  EXPECT_EQ(resolved("/home", "/1.png"), "/1.png");
  EXPECT_EQ(resolved("/home", "/"), "/");
  EXPECT_EQ(resolved("/home", "//etc//passwd"), "/etc/passwd");
}

TEST(FtpPath, HasNoDotsNorEmptyComponents) {
  EXPECT_EQ(resolved("/home", "./a/./b/."), "/home/a/b");
  EXPECT_EQ(resolved("/home", "a//b///"), "/home/a/b");
  EXPECT_EQ(resolved("/home", "a/../b"), "/home/b");
  EXPECT_EQ(resolved("/home/samurt123", ".."), "/home");
  EXPECT_EQ(resolved("/home/samurt123", "../.."), "/");
}

TEST(FtpPath, NeverLeavesTheRoot) {
  EXPECT_EQ(resolved("/", ".."), "/");
  EXPECT_EQ(resolved("/", "../../../etc/passwd"), "/etc/passwd");
  EXPECT_EQ(resolved("/home", "/../home/../.."), "/");
  EXPECT_EQ(resolved("/a/b", "../../../../../c"), "/c");
}

TEST(FtpPath, TakesForNamesWhatOnlyLooksLikeMore) {
  for (const auto* name :
       {"...", "..a", ".hidden", "..\\..\\etc", "%2e%2e", "~", "*", "-la", " begins with one", "ends ", " ",
        "Adivinar el país.pptx", "\xc0\xae\xc0\xae", "\xff", "C:", "a\tb", "\"quotes\""}) {
    EXPECT_EQ(resolved("/", name), "/"s + name);
  }
}

TEST(FtpPath, WithANulIsNotPermitted) {
  EXPECT_EQ(resolve_path("/", "a\0b"sv).error(), PathFault::not_permitted);
  EXPECT_EQ(resolve_path("/", "\0"sv).error(), PathFault::not_permitted);
  EXPECT_EQ(resolve_path("/", "1.png\0.txt"sv).error(), PathFault::not_permitted);
}

TEST(FtpPath, HasComponentsOf255BytesAndNotOf256) {
  EXPECT_EQ(resolved("/", std::string(name_bytes_max, 'x')).size(), name_bytes_max + 1);
  EXPECT_EQ(resolve_path("/", std::string(name_bytes_max + 1, 'x')).error(), PathFault::too_long);
  EXPECT_EQ(resolve_path("/", std::string(name_bytes_max + 1, 'x') + "/..").error(), PathFault::too_long);
}

TEST(FtpPath, Has4095BytesAndNot4096) {
  std::string longest;
  while (longest.size() < path_bytes_max) longest += "/a";
  longest.resize(path_bytes_max - 1);
  longest += "b";
  ASSERT_EQ(longest.size(), path_bytes_max);
  EXPECT_EQ(resolved("/", longest), longest);
  EXPECT_EQ(resolve_path("/", longest + "b").error(), PathFault::too_long);
  EXPECT_EQ(resolve_path(longest, "b").error(), PathFault::too_long);
  EXPECT_EQ(resolved(longest, "../c"), folder_of(longest) == "/" ? "/c" : std::string{folder_of(longest)} + "/c");
}

TEST(FtpPath, IsMeasuredWhenItIsResolved) {
  std::string text;
  while (text.size() < 2 * path_bytes_max) text += "a/../";
  EXPECT_EQ(resolved("/", text), "/");
}

TEST(FtpPath, ResolvedOnceStaysTheSame) {
  for (const auto* path : {"/", "/a", "/home/samurt123/Adivinar el país.pptx"}) EXPECT_EQ(resolved("/x", path), path);
}

TEST(FtpPath, HasAFolderAndAName) {
  EXPECT_EQ(folder_of("/home/samurt123/1.png"), "/home/samurt123");
  EXPECT_EQ(folder_of("/1.png"), "/");
  EXPECT_EQ(folder_of("/"), "/");
  EXPECT_EQ(name_of("/home/samurt123/1.png"), "1.png");
  EXPECT_EQ(name_of("/1.png"), "1.png");
  EXPECT_EQ(name_of("/"), "");
}

TEST(FtpQuotedPath, DoublesQuotationMarks) {
  EXPECT_EQ(quoted("/home"), "\"/home\"");
  EXPECT_EQ(quoted("/a\"b"), "\"/a\"\"b\"");
  EXPECT_EQ(quoted("/\"\""), "\"/\"\"\"\"\"");
}

TEST(FtpQuotedPath, IsFoundInTheTextOfAReply) {
  EXPECT_EQ(path_from("\"/home\" is the current directory"), "/home");
  EXPECT_EQ(path_from("The current directory is \"/home\"."), "/home");
  EXPECT_EQ(path_from("\"/a\"\"b\" created"), "/a\"b");
  EXPECT_EQ(path_from("\"/a b\" is \"where you are\""), "/a b");
  EXPECT_EQ(path_from("\"/a\"\"\"\"\""), "/a\"\"");
}

TEST(FtpQuotedPath, WithoutItsEndIsNone) {
  for (const auto* text : {"", "/home", "\"", "\"/home", "\"/home\"\"", "\"\"\""}) {
    EXPECT_EQ(path_from(text), std::nullopt) << text;
  }
}

TEST(FtpQuotedPath, ComesBackAsItWasWritten) {
  for (const auto* path : {"/", "/\"", "/\"\"", "/a\"", "/\"a\" b", "/ ", "/Adivinar el país.pptx"}) {
    EXPECT_EQ(path_from(quoted(path)), path);
    EXPECT_EQ(path_from(quoted(path) + " created"), path);
  }
}

}  // namespace
}  // namespace labnet::ftp
