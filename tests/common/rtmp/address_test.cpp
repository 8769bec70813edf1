// Names of streams, and addresses.
#include <gtest/gtest.h>

#include "common/rtmp/limits.hpp"
#include "common/rtmp/stream_name.hpp"
#include "common/rtmp/url.hpp"

namespace labnet::rtmp {
namespace {

TEST(RtmpStreamName, HasArguments) {
  const auto stream = parse_stream_name("1234?token=a%20b&user=&flag&&token=c");
  ASSERT_TRUE(stream);
  EXPECT_EQ(stream->name, "1234");
  EXPECT_EQ(stream->arguments.size(), 4u);
  EXPECT_EQ(stream->argument("token"), "a b") << "the first";
  EXPECT_EQ(stream->argument("user"), "");
  EXPECT_EQ(stream->argument("flag"), "");
  EXPECT_EQ(stream->argument("Token"), std::nullopt);
}

TEST(RtmpStreamName, HasNoSlashesAtItsEnds) {
  EXPECT_EQ(parse_stream_name("live/")->name, "live");
  EXPECT_EQ(parse_stream_name("//live/room//")->name, "live/room");
  EXPECT_EQ(parse_stream_name("live/?a=b/")->name, "live");
  EXPECT_EQ(parse_stream_name("live/?a=b/")->argument("a"), "b/");
  EXPECT_EQ(parse_stream_name("")->name, "");
  EXPECT_EQ(parse_stream_name("/")->name, "");
  EXPECT_EQ(parse_stream_name("?a=b")->name, "");
  EXPECT_EQ(parse_stream_name("a%20b")->name, "a%20b") << "as it came";
  EXPECT_EQ(*parse_stream_name("1234?"), StreamName{"1234"});
}

TEST(RtmpStreamName, RefusesWhatIsAboveALimit) {
  EXPECT_TRUE(parse_stream_name(std::string(stream_name_bytes_max, 'a')));
  EXPECT_EQ(parse_stream_name(std::string(stream_name_bytes_max + 1, 'a')).error(), NameFault::too_long);
  std::string many = "a?";
  for (std::size_t i = 0; i < stream_arguments_max; ++i) many += "b=c&";
  EXPECT_TRUE(parse_stream_name(many));
  EXPECT_EQ(parse_stream_name(many + "b=c").error(), NameFault::too_many_arguments);
  for (const std::string_view escape : {"%", "%4", "%zz", "%-1", "%+1"})
    EXPECT_EQ(parse_stream_name("a?b=" + std::string{escape}).error(), NameFault::malformed_escape) << escape;
  for (const auto fault : {NameFault::too_long, NameFault::too_many_arguments, NameFault::malformed_escape})
    EXPECT_FALSE(describe(fault).empty());
}

TEST(RtmpUrl, HasSchemeHostAppAndStream) {
  EXPECT_EQ(*parse_url("rtmp://172.20.10.6/live/1234"), (Url{.host = "172.20.10.6", .app = "live", .stream = "1234"}));
  EXPECT_EQ(*parse_url("RTMPS://web.lab:1936/live/1234?a=b/c"),
            (Url{.scheme = Scheme::rtmps, .host = "web.lab", .port = 1936, .app = "live", .stream = "1234?a=b/c"}));
  EXPECT_EQ(parse_url("rtmp://h/live")->app, "live");
  EXPECT_EQ(parse_url("rtmp://h/live")->stream, "");
  EXPECT_EQ(parse_url("rtmp://h")->app, "");
  EXPECT_EQ(parse_url("rtmp://h/")->app, "");
  EXPECT_EQ(parse_url("rtmp://h/live/")->stream, "");
  EXPECT_EQ(parse_url("rtmp://h/live?a=b/c")->app, "live?a=b/c");
  EXPECT_EQ(parse_url("rtmp://h/live/1234/")->app, "live") << "a slash at the end is no third element";
  EXPECT_EQ(parse_url("rtmp://h/live/1234/")->stream, "1234/");
  EXPECT_EQ(parse_url("rtmp://h/live/room/1234")->app, "live/room");
  EXPECT_EQ(parse_url("rtmp://h/live/room/a/b")->stream, "a/b");
}

TEST(RtmpUrl, HasADefaultPort) {
  EXPECT_EQ(parse_url("rtmp://h/a/b")->port, 1935);
  EXPECT_EQ(parse_url("rtmps://h/a/b")->port, 443);
  EXPECT_EQ(parse_url("rtmpt://h/a/b")->port, 80);
  EXPECT_EQ(parse_url("rtmpts://h:/a/b")->port, 443);
  EXPECT_EQ(name_of(Scheme::rtmpts), "rtmpts");
  EXPECT_EQ(default_port(Scheme::rtmp), 1935);
}

TEST(RtmpUrl, MayHaveAUserAndAnIpv6Address) {
  const auto url = parse_url("rtmp://ann:s%40cret@[::1]:1936/live/1234");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->user, "ann");
  EXPECT_EQ(url->password, "s@cret");
  EXPECT_EQ(url->host, "::1");
  EXPECT_EQ(url->port, 1936);
  EXPECT_EQ(tc_url_of(*url), "rtmp://[::1]:1936/live");
  EXPECT_EQ(to_text(*url), "rtmp://[::1]:1936/live/1234");
  EXPECT_EQ(parse_url("rtmp://ann@h/a/b")->password, std::nullopt);
}

TEST(RtmpUrl, IsWrittenAsItWasRead) {
  for (const std::string text : {"rtmp://h/live/1234", "rtmps://h:1936/live/1234?a=b", "rtmpt://h/live/room/a/b"})
    EXPECT_EQ(to_text(*parse_url(text)), text);
  EXPECT_EQ(tc_url_of(*parse_url("rtmp://h:1935/live/1234")), "rtmp://h/live");
}

TEST(RtmpUrl, SaysWhatIsWrong) {
  for (const std::string_view text :
       {"", "http://h/a", "h/live/1234", "rtmp:/h/a", "rtmp://", "rtmp:///live/1234", "rtmp://h:0/a",
        "rtmp://h:70000/a", "rtmp://h:x/a", "rtmp://[::1/a", "rtmp://[::1]x/a", "rtmp://h/a b", "rtmp://h/a\n",
        "rtmp://%zz@h/a", "rtmp://ann:%zz@h/a"}) {
    const auto url = parse_url(text);
    ASSERT_TRUE(url.has_error()) << text;
    EXPECT_FALSE(url.error().message.empty());
  }
  EXPECT_EQ(parse_url("rtmp://ann:secret@h:x/a").error().message.find("secret"), std::string::npos);
  const std::string longest = "rtmp://h/" + std::string(url_bytes_max - 9, 'a');
  EXPECT_TRUE(parse_url(longest));
  EXPECT_TRUE(parse_url(longest + 'a').has_error());
}

}  // namespace
}  // namespace labnet::rtmp
