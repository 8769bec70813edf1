#include "common/net/handed_in.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdlib>

#include "tests/common/net/run_task.hpp"

namespace labnet::net {
namespace {

/// Opens `type` on 127.0.0.1 and puts it at `descriptor`, as whoever starts a service would.
void hand_in(int descriptor, int type) {
  const auto socket = ::socket(AF_INET, type, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::bind(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) ::_exit(90);
  if (type == SOCK_STREAM) ::listen(socket, 1);
  if (socket == descriptor) return;
  if (::dup2(socket, descriptor) != descriptor) ::_exit(91);
  ::close(socket);
}

void announce(pid_t process, const char* count, const char* names = nullptr) {
  if (names != nullptr) ::setenv("LISTEN_FDNAMES", names, 1);
  ::setenv("LISTEN_PID", std::to_string(process).c_str(), 1);
  ::setenv("LISTEN_FDS", count, 1);
}

/// What a process with this environment answers: one line.
std::string answer_of(const std::function<std::string(int out)>& body) {
  Child child{[&](int out) {
    const auto kept = ::fcntl(out, F_DUPFD, 20);  // 3 and up are for sockets
    tell(kept, body(kept));
    return 0;
  }};
  return child.read_line();
}

std::string take_and_describe() {
  const auto taken = take_handed_in();
  if (!taken) return taken.error().message;
  std::string text = std::to_string(taken->size());
  for (const auto& one : *taken) {
    const auto flags = ::fcntl(one.socket.get(), F_GETFL);
    const bool well = (flags & O_NONBLOCK) != 0 && ::fcntl(one.socket.get(), F_GETFD) == FD_CLOEXEC;
    text += " " + one.local.scheme + " " + one.local.address.to_string();
    text += well && one.local.port != 0 ? " well" : " badly";
  }
  return text;
}

TEST(HandedIn, TellsUdpFromTcp) {
  EXPECT_EQ(answer_of([](int) {
              hand_in(3, SOCK_DGRAM);
              hand_in(4, SOCK_STREAM);
              announce(::getpid(), "2");
              return take_and_describe();
            }),
            "2 udp 127.0.0.1 well tcp 127.0.0.1 well");
}

TEST(HandedIn, HaveTheNamesThatTheyWereGiven) {
  for (const auto& [names, taken] : {std::pair{"ftp:ftps", "ftp ftps"}, std::pair{":ftps:more", " ftps"},
                                     std::pair{"ftp", "ftp "}, std::pair{"", " "}}) {
    EXPECT_EQ(answer_of([all = names](int) {
                hand_in(3, SOCK_STREAM);
                hand_in(4, SOCK_STREAM);
                announce(::getpid(), "2", all);
                const auto sockets = take_handed_in();
                return sockets->at(0).name + " " + sockets->at(1).name;
              }),
              taken);
  }
}

TEST(HandedIn, AreTakenOnce) {
  EXPECT_EQ(answer_of([](int) {
              hand_in(3, SOCK_DGRAM);
              announce(::getpid(), "1");
              const auto first = take_handed_in();
              const bool cleared = ::getenv("LISTEN_FDS") == nullptr && ::getenv("LISTEN_PID") == nullptr;
              return take_and_describe() + (cleared ? " cleared" : " still there");
            }),
            "0 cleared");
}

TEST(HandedIn, AreNotTakenByAnotherProcess) {
  EXPECT_EQ(answer_of([](int) {
              hand_in(3, SOCK_DGRAM);
              announce(::getppid(), "1");
              return take_and_describe();
            }),
            "0");
}

TEST(HandedIn, AreNoneWhereNothingIsAnnounced) {
  EXPECT_EQ(answer_of([](int) { return take_and_describe(); }), "0");
}

TEST(HandedIn, SaysWhatIsNoListeningSocket) {
  EXPECT_EQ(answer_of([](int) {
              ::dup2(::open("/dev/null", O_RDONLY), 3);
              announce(::getpid(), "1");
              return take_and_describe();
            }),
            "descriptor 3, handed in by LISTEN_FDS, is no socket");
  EXPECT_EQ(answer_of([](int) {
              ::dup2(::socket(AF_INET, SOCK_STREAM, 0), 3);
              announce(::getpid(), "1");
              return take_and_describe();
            }),
            "descriptor 3, handed in by LISTEN_FDS, does not listen");
}

TEST(HandedIn, RejectsANumberThatMakesNoSense) {
  for (const auto* count : {"65", "-1", "x", ""}) {
    EXPECT_EQ(answer_of([count](int) {
                announce(::getpid(), count);
                return take_and_describe();
              }),
              "LISTEN_FDS is \"" + std::string{count} + "\"; expected a number of 0 to 64");
  }
}

}  // namespace
}  // namespace labnet::net
