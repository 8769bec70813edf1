// Streams taken apart, in every cut.
#include "common/sip/stream_splitter.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "common/sip/limits.hpp"
#include "tests/common/sip/messages.hpp"

namespace labnet::sip {
namespace {

using test::request_with;

struct Split {
  std::vector<std::string> messages;
  std::string marks;  // 'm' for a message, 'i' for a ping, 'o' for a pong
  std::optional<FaultKind> fault;
  std::size_t left = 0;  // bytes of the stream that were not used
};

/// The stream as it comes in pieces of that size.
Split split_in_pieces(std::string_view stream, std::size_t piece_bytes) {
  Split split;
  StreamSplitter splitter;
  std::string buffer;
  for (std::size_t at = 0; at < stream.size(); at += piece_bytes) {
    buffer += stream.substr(at, piece_bytes);
    for (;;) {
      const auto piece = splitter.next(as_bytes(buffer));
      if (!piece) {
        split.fault = piece.error();
        return split;
      }
      if (piece->kind == Piece::Kind::none) break;
      if (piece->kind == Piece::Kind::message) split.messages.push_back(buffer.substr(0, piece->bytes));
      split.marks += piece->kind == Piece::Kind::message ? 'm' : piece->kind == Piece::Kind::ping ? 'i' : 'o';
      buffer.erase(0, piece->bytes);
    }
  }
  split.left = buffer.size();
  return split;
}

std::optional<FaultKind> fault_of_stream(std::string_view stream) {
  const auto at_once = split_in_pieces(stream, stream.size());
  EXPECT_EQ(split_in_pieces(stream, 1).fault, at_once.fault);
  return at_once.fault;
}

TEST(SipStream, KnowsByTheFirstOctetThatItIsNoMessage) {
  EXPECT_EQ(fault_of_stream("\x16"), FaultKind::malformed_request_line) << "a Client Hello";
  EXPECT_EQ(fault_of_stream(std::string_view{"\0", 1}), FaultKind::malformed_request_line);
  EXPECT_EQ(fault_of_stream(request_with("l: 0\r\n") + "\x80"), FaultKind::malformed_request_line);
  EXPECT_EQ(fault_of_stream("\r\n\x7f"), FaultKind::malformed_request_line);
  EXPECT_EQ(fault_of_stream("!"), std::nullopt);
}

TEST(SipStream, GivesEachMessageInEveryCut) {
  const auto first = request_with("Content-Length: 9\r\n") + "a\r\n\r\nb\r\n\r";
  const auto second = request_with("l: 0\r\n", "ACK");
  const auto third = request_with("CONTENT-LENGTH :\r\n 1\r\n", "BYE") + "\n";
  const auto stream = first + second + third + "INV";
  for (std::size_t piece_bytes = 1; piece_bytes <= stream.size(); ++piece_bytes) {
    const auto split = split_in_pieces(stream, piece_bytes);
    EXPECT_EQ(split.messages, (std::vector{first, second, third})) << piece_bytes;
    EXPECT_EQ(split.left, 3u);
    EXPECT_EQ(split.fault, std::nullopt);
  }
}

TEST(SipStream, TellsPingsAndPongsBetweenMessages) {
  const auto message = request_with("l: 0\r\n");
  EXPECT_EQ(split_in_pieces("\r\n\r\n" + message + "\r\n" + message + "\r\n\r\n\r\n", 4096).marks, "imomio");
}

TEST(SipStream, TellsAPingThatComesInPieces) {
  const auto message = request_with("l: 0\r\n");
  EXPECT_EQ(split_in_pieces("\r\n\r\n", 1).marks, "oi");
  EXPECT_EQ(split_in_pieces("\r\n\r\n", 3).marks, "oi");
  EXPECT_EQ(split_in_pieces("\r\n", 1).marks, "o");
  EXPECT_EQ(split_in_pieces("\r", 1).left, 1u);
  EXPECT_EQ(split_in_pieces("\r\n" + message + "\r\n", 1).marks, "omo") << "a message between makes two pongs of it";
}

TEST(SipStream, TakesNoLineEndsInABodyForAPing) {
  const auto message = request_with("Content-Length: 4\r\n") + "\r\n\r\n";
  const auto split = split_in_pieces(message, 1);
  EXPECT_EQ(split.marks, "m");
  EXPECT_EQ(split.left, 0u);
}

TEST(SipStream, NeedsContentLengthOnce) {
  EXPECT_EQ(fault_of_stream(request_with("")), FaultKind::missing_length);
  EXPECT_EQ(fault_of_stream("GET / HTTP/1.1\r\nHost: a\r\n\r\n"), FaultKind::missing_length);
  EXPECT_EQ(fault_of_stream(request_with("l: 1\r\nl: 1\r\n") + "a"), FaultKind::repeated_header);
  EXPECT_EQ(fault_of_stream(request_with("To: <sip:a@b>\r\nl: 1\r\nl: 2\r\n") + "a"), FaultKind::repeated_header);
  EXPECT_EQ(fault_of_stream(request_with("l: -1\r\n")), FaultKind::malformed_length);
  EXPECT_EQ(fault_of_stream(request_with("l: 1x\r\n")), FaultKind::malformed_length);
  EXPECT_EQ(fault_of_stream(request_with("l: 99999999999\r\n")), FaultKind::body_too_large);
}

TEST(SipStream, EndsWhereLinesHaveNoEnd) {
  EXPECT_EQ(fault_of_stream(request_with("X-A: a\nl: 0\r\nl: 0\r\n")), FaultKind::line_end);
  EXPECT_EQ(fault_of_stream("\rA\r\n\r\n"), FaultKind::line_end);
}

TEST(SipStream, LeavesOtherFaultsToWhoeverReadsTheMessage) {
  const auto message = request_with("t: <sip:a@b>\r\nX\r\nl: 0\r\n");
  EXPECT_EQ(split_in_pieces(message, 7).messages, std::vector{message});
}

TEST(SipStream, EndsAboveEachLimit) {
  const auto head_of = [](std::size_t bytes) {
    return request_with("l: 0\r\nX: " + std::string(bytes - request_with("l: 0\r\nX: \r\n").size(), 'x') + "\r\n");
  };
  EXPECT_EQ(split_in_pieces(head_of(head_bytes_max), 8192).marks, "m");
  EXPECT_EQ(fault_of_stream(head_of(head_bytes_max + 1)), FaultKind::head_too_large);
  EXPECT_EQ(fault_of_stream(std::string(head_bytes_max, 'x')), FaultKind::head_too_large);
  EXPECT_EQ(split_in_pieces(std::string(head_bytes_max - 1, 'x'), 8192).fault, std::nullopt);

  const auto body_of = [](std::size_t bytes) {
    return request_with("l: " + std::to_string(bytes) + "\r\n") + std::string(bytes, 'x');
  };
  EXPECT_EQ(split_in_pieces(body_of(body_bytes_max), 8192).marks, "m");
  EXPECT_EQ(fault_of_stream(body_of(body_bytes_max + 1)), FaultKind::body_too_large);

  std::string many = "l: 0\r\n";
  for (std::size_t i = 6; i < headers_max; ++i) many += "X-A:\r\n";
  EXPECT_EQ(split_in_pieces(request_with(many), 8192).marks, "m");
  EXPECT_EQ(fault_of_stream(request_with(many + "X-A:\r\n")), FaultKind::too_many_headers);
}

}  // namespace
}  // namespace labnet::sip
