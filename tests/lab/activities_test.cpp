// The activities of the course, played by `labnet run` on the shipped lab; tshark reads what they leave.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>

#include <boost/json/parse.hpp>

#include "tests/lab/report_captures.hpp"
#include "tests/lab/running_lab.hpp"
#include "tests/support/tshark.hpp"

namespace labnet::test {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

/// Four echo requests take some 3 s, and all activities have many.
constexpr std::chrono::seconds run_patience{380};

class Activities : public LabTest {
 protected:
  /// A copy of the shipped lab: the project may stand where an ordinary user may not look.
  Activities() : shipped_lab_{folder() + "/labredes71/lab.yaml"}, out_{folder() + "/out"} {
    fs::copy(LABNET_CONFIG_DIR "/labredes71", folder() + "/labredes71", fs::copy_options::recursive);
    fs::create_directory(out_);
    fs::permissions(out_, fs::perms::all);
  }

  Outcome play(std::vector<std::string> arguments, How how = {}) const {
    arguments.insert(arguments.begin(), {"run", "--out", out_});
    how.patience = run_patience;
    return labnet(arguments, how);
  }
  std::string file(const std::string& name) const { return out_ + "/" + name; }
  boost::json::object results() const { return boost::json::parse(read_file(file("results.json"))).as_object(); }

  /// Of a scenario whose steps have two sleeps at once.
  void expect_that_an_interrupt_leaves_nothing(const std::string& yaml) const {
    const auto lab = up();
    const auto before = processes();
    const auto scenario = write("scenario.yaml", yaml);
    Child run{command({"run", "--out", out_, scenario}), environment({.prepare = [] { setpgid(0, 0); }})};
    ASSERT_TRUE(eventually([&] { return processes().size() >= before.size() + 6; })) << "they and those above them";
    kill(-run.pid(), SIGINT);  // as Ctrl-C does
    EXPECT_EQ(run.wait().exit_code, 1);
    EXPECT_TRUE(eventually([&] { return processes() == before; }));
  }

  /// What one step printed.
  std::string transcript(const std::string& step) const { return read_file(file(step + ".txt")); }

  std::string shipped_lab_;
  std::string out_;
};
INSTANTIATE_TEST_SUITE_P(Lab, Activities, testing::Values(User::as_the_test, User::ordinary), name_of);

TEST_P(Activities, LeaveTheCapturesOfTheReport) {
  const auto outcome = play({"--lab", shipped_lab_});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.output << outcome.errors;
  EXPECT_THAT(outcome.output, HasSubstr("0 lost"));
  EXPECT_THAT(outcome.output,
              HasSubstr("request  192.168.1.6   192.168.1.10  14:85:7f:9d:ab:5c  02:ab:3f:7c:91:d4  128"));
  EXPECT_THAT(outcome.output, HasSubstr("which the client has shown above, but for\n      -> PASS password\n"));
  expect_pings(file("Ping_DNS_IP.pcap"), dns_server, false);
  expect_pings(file("Ping_FTP_IP.pcap"), ftp_server, false);
  expect_pings(file("Ping_WEB_IP.pcap"), web_server, false);
  expect_pings(file("Ping_WEB.pcap"), web_server, true);
  expect_question_for_web(file("Ping_WEB.pcap"));
  expect_walk_from_root(file("DNS_walk.pcap"));
  expect_ftp_download(file("FTP_download.pcap"));
  const auto upload = tshark(file("FTP_upload.pcap"), {"ftp.request.arg"}, "ftp.request.command == \"STOR\"");
  ASSERT_EQ(upload.size(), 1u);
  EXPECT_THAT(upload[0].at("ftp.request.arg"), HasSubstr("Adivinar el pa"));  // tshark knows nothing of UTF-8 there
  expect_secret_download(file("FTPS_download.pcap"));
  expect_two_visits(file("HTTP_view.pcap"));
  expect_secret_visits(file("YouTube_view.pcap"), {"www.youtube.com"}, {"0x0304"});
  EXPECT_EQ(read_file(file("YouTube_view.pcap")).find("bonito"), std::string::npos);  // a comment, which was posted
  EXPECT_THAT(read_file(file("comment.html")), HasSubstr("bonito"));
  expect_secret_visits(file("HTTPS_view.pcap"),
                       {"www.elespectador.com", "www.diario71.com", "www.universidad71.edu.co", "www.banco71.com"},
                       {"0x0303", "0x0304"});
  const auto downloads = tshark(file("HTTPS_view.pcap"), {"http.request.method", "http.response.code"},
                                "http && !(ocsp) && tcp.port == 80 && ip.addr == 203.0.113.25");
  std::string course;
  for (const auto& one : downloads) course += one.at("http.request.method") + one.at("http.response.code") + ' ';
  EXPECT_EQ(course, "HEAD 200 GET 200 GET 304 ");
  expect_call(file("VoIP_view.pcap"));
  expect_secret_call(file("VoIPS_view.pcap"));
  expect_live_stream(file("RTMP_view.pcap"));
  expect_secret_live_stream(file("RTMPS_view.pcap"));
  expect_tunnelled_live_stream(file("RTMPT_view.pcap"));
  EXPECT_EQ(read_file(file("index (second visit).html")), read_file(folder() + "/labredes71/www/index.html"));
  EXPECT_EQ(read_file(file("1.png")), read_file(folder() + "/labredes71/ftp/home/samurt123/1.png"));

  const auto all = results();
  EXPECT_TRUE(all.at("good").as_bool());
  int calls_measured = 0;
  for (const auto& activity : all.at("activities").as_array()) {
    for (const auto& step : activity.at("steps").as_array()) {
      const auto* const report = step.as_object().if_contains("report");
      if (report == nullptr) continue;
      ++calls_measured;
      EXPECT_GT(report->at("sound").at("similarity").to_number<double>(), 0.8) << report->at("sound").at("name");
      EXPECT_EQ(report->at("received").at("loss_percent").to_number<double>(), 0);
      EXPECT_GT(report->at("mos").to_number<double>(), 4);
    }
    for (const auto& capture : activity.at("captures").as_array()) {
      expect_nothing_lost(file(std::string{capture.at("file").as_string()}), capture.as_object());
    }
  }
  EXPECT_EQ(calls_measured, 4) << "two calls, each at both ends";
  // The report's table, from the capture.
  const auto& echo = all.at("activities").at(0).at("captures").at(0).at("echoes").at(0);
  EXPECT_EQ(echo.at("request").at("source").as_string(), pc1.address);
  EXPECT_EQ(echo.at("request").at("destination").as_string(), dns_server.address);
  EXPECT_EQ(echo.at("request").at("source_mac").as_string(), pc1.mac);
  EXPECT_EQ(echo.at("reply").at("source").as_string(), dns_server.address);
  EXPECT_EQ(echo.at("reply").at("source_mac").as_string(), dns_server.mac);

  // The cache with the chain of aliases of the report, then cleared and empty.
  const auto cache = transcript("8.2-show-cache");
  EXPECT_THAT(cache, HasSubstr("    Record Name  . . . . . : www.bing.com\n    Record Type  . . . . . : 5\n"));
  EXPECT_THAT(cache, HasSubstr("    A (Host) Record  . . . : 203.0.113.10\n"));
  EXPECT_THAT(transcript("8.2-show-empty-cache"), HasSubstr("The DNS cache is empty."));
  EXPECT_THAT(transcript("8.1-name-of-dns-server"), HasSubstr("dns.labredes71.com"));
  EXPECT_THAT(read_file(file("junit.xml")),
              HasSubstr("<testsuite name=\"8.2 DNS\" tests=\"11\" failures=\"0\" skipped=\"0\">"));
  for (const auto& entry : fs::directory_iterator{out_}) EXPECT_NE(entry.path().extension(), ".part");
  expect_nothing_is_left();
}

TEST_P(Activities, InAFolderOfAnotherRunAreNotAnsweredByWhatThatHasKept) {
  for (int i = 0; i < 2; ++i) {
    const auto outcome = play({"--lab", shipped_lab_, "8.4"});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.output << outcome.errors;
  }
  expect_two_visits(file("HTTP_view.pcap"));
}

TEST_P(Activities, AreTitledInSpanishToo) {
  write("scenario.yaml", R"(activity: "1"
title: { en: A look, es: Una mirada }
captures:
  - { file: look.pcap, host: pc1, steps: [look] }
steps:
  - { id: look, on: pc1, do: ping, host: 192.168.1.7, count: 1 }
)");
  const auto outcome = play({"--lab", shipped_lab_, "--lang", "es", folder() + "/scenario.yaml"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.output << outcome.errors;
  EXPECT_THAT(outcome.output, HasSubstr("Una mirada"));
  EXPECT_THAT(outcome.output, HasSubstr("tramas"));
  EXPECT_THAT(outcome.output, HasSubstr("solicitud"));
}

TEST_P(Activities, AWarmCacheAsksNobody) {
  write("scenario.yaml", R"(activity: "1"
title: { en: Warm, es: Caliente }
captures:
  - file: cold.pcap
    host: pc1
    steps: [flush, cold]
    expect: { dns: [{ name: web.labredes71.com, answer: 192.168.1.10, flags: [aa, rd, ra], udp_bytes: 60 }] }
  - file: warm.pcap
    host: pc1
    steps: [warm]
    expect: { echoes: 1, dns: [] }
steps:
  - { id: flush, on: pc1, do: cache.flush }
  - { id: cold, on: pc1, do: ping, host: web.labredes71.com, count: 1 }
  - { id: warm, on: pc1, do: ping, host: web.labredes71.com, count: 1 }
)");
  const auto outcome = play({"--lab", shipped_lab_, folder() + "/scenario.yaml"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.output << outcome.errors;
  EXPECT_EQ(tshark(file("cold.pcap"), {"frame.number"}, "dns").size(), 2u);
  EXPECT_EQ(tshark(file("warm.pcap"), {"frame.number"}, "dns").size(), 0u);
  EXPECT_EQ(tshark(file("warm.pcap"), {"frame.number"}, "icmp").size(), 2u);
}

TEST_P(Activities, WithoutNslookupTheLabsOwnClientStandsIn) {
  write("scenario.yaml", R"(activity: "1"
title: { en: Name, es: Nombre }
steps:
  - { id: name, on: pc1, do: nslookup, name: 192.168.1.7, expect: { contains: [dns.labredes71.com, "Address:  192.168.1.7"] } }
)");
  How how;
  how.environment["PATH"] = "/sbin";  // where nslookup is not
  if (access("/sbin/nslookup", X_OK) == 0) GTEST_SKIP() << "nslookup is everywhere";
  // Whose environment is cut needs its programs by their paths.
  auto words = command({"run", "--out", out_, "--lab", shipped_lab_, folder() + "/scenario.yaml"});
  if (words.front() == "setpriv") words.front() = "/usr/bin/setpriv";
  const auto outcome = run(words, environment(how));
  EXPECT_EQ(outcome.exit_code, 0) << outcome.output << outcome.errors;
  EXPECT_THAT(transcript("1-name"), HasSubstr("labnet dns --nslookup 192.168.1.7"));
}

TEST_P(Activities, WhatIsNotAsExpectedFailsAndSaysWhy) {
  write("scenario.yaml", R"(activity: "1"
title: { en: Wrong, es: Mal }
captures:
  - { file: wrong.pcap, host: pc1, steps: [ping], expect: { protocols: [ICMP], echoes: 2, frame_bytes: 75, reply_ttl: 63 } }
steps:
  - { id: ping, on: pc1, do: ping, host: 192.168.1.7, count: 1, expect: { contains: [no such words], exit_code: 3 } }
  - { id: goes-on, on: pc1, run: "echo still here; exit 7", expect: { exit_code: 7 } }
  - { id: too-long, on: pc1, run: "sleep 30", time_limit: 100ms }
)");
  const auto outcome = play({"--lab", shipped_lab_, folder() + "/scenario.yaml"});
  EXPECT_EQ(outcome.exit_code, 1);
  for (const auto* failure :
       {"expected exit code 3, found 0", "expected \"no such words\" in what it prints", "did not end within 100 ms",
        "protocols: expected ICMP, found ARP, ICMP", "echo requests: expected 2, found 1",
        "bytes of the frame of echo request 1: expected 75, found 98",
        "TTL of the reply to echo request 1: expected 63, found 64"}) {
    EXPECT_THAT(outcome.output, HasSubstr(failure));
  }
  EXPECT_THAT(transcript("1-goes-on"), HasSubstr("still here\n"));
  EXPECT_FALSE(results().at("good").as_bool());
  EXPECT_THAT(read_file(file("junit.xml")), HasSubstr("<failure message=\"expected exit code 3, found 0\"/>"));
  EXPECT_THAT(outcome.output, HasSubstr("\n1 of 4 as expected; 1 capture,"));
}

TEST_P(Activities, AStepInTheBackgroundRunsWhileOthersAreAndIsJudgedAtItsEnd) {
  const auto lab = up();
  const auto before = processes();
  write("scenario.yaml", R"(activity: "1"
title: { en: Background }
steps:
  - { id: server, on: one, run: "echo up; read x <there; echo got $x; exit 5", background: true, ready: up, expect: { exit_code: 5, contains: [got mail] } }
  - { id: client, on: one, run: "echo mail >there" }
  - { id: served, on: one, do: wait, step: server }
  - { id: sleeper, on: one, run: "sleep 77.3", background: true }
  - { id: awake, on: one, do: end, step: sleeper }
  - { id: wrong, on: one, run: "exit 3", background: true }
  - { id: wrong-end, on: one, do: wait, step: wrong }
  - { id: lazy, on: one, run: "echo almost; sleep 66.6", background: true, ready: never, time_limit: 300ms }
  - { id: lazy-end, on: one, do: wait, step: lazy }
  - { id: hasty, on: one, run: "echo no; exit 4", background: true, ready: up }
  - { id: hasty-end, on: one, do: end, step: hasty }
  - { id: endless, on: one, run: "sleep 77.3", background: true }
  - { id: endless-end, on: one, do: wait, step: endless, time_limit: 300ms }
)");
  const auto fifo = output_folder() + "/there";
  auto words = as_user({"mkfifo", fifo});
  ASSERT_EQ(run(words, environment()).exit_code, 0);
  How how;
  how.folder = output_folder();
  const auto outcome = play({folder() + "/scenario.yaml"}, how);
  EXPECT_EQ(outcome.exit_code, 1);
  const auto all = results();
  std::map<std::string, std::string> failures;
  for (const auto& value : all.at("activities").at(0).at("steps").as_array()) {
    std::string text;
    for (const auto& failure : value.at("failures").as_array()) text += failure.as_string();
    failures[std::string{value.at("id").as_string()}] = text;
  }
  for (const auto* const good : {"server", "client", "served", "sleeper", "awake", "wrong", "endless"}) {
    EXPECT_EQ(failures[good], "") << good;
  }
  EXPECT_EQ(failures["wrong-end"], "expected exit code 0, found 3");
  EXPECT_EQ(failures["lazy"], "did not say \"never\" within 300 ms");
  EXPECT_EQ(failures["lazy-end"], "step lazy is not under way");
  EXPECT_EQ(failures["hasty"], "ended with exit code 4 before it said \"up\": no");
  EXPECT_EQ(failures["hasty-end"], "step hasty is not under way");
  EXPECT_EQ(failures["endless-end"], "did not end within 300 ms");
  EXPECT_THAT(outcome.output, HasSubstr("one$ wait server\n      got mail\n"));
  EXPECT_THAT(transcript("1-server"), HasSubstr("up\ngot mail\n"));
  EXPECT_TRUE(eventually([&] { return processes() == before; }));
}

TEST_P(Activities, AnInterruptedRunLeavesNoStepInTheBackground) {
  expect_that_an_interrupt_leaves_nothing(R"(activity: "1"
title: { en: Interrupted }
steps:
  - { id: first, on: one, run: "sleep 77.3 & sleep 66.6; true", background: true }
  - { id: second, on: one, do: wait, step: first }
)");
}

TEST_P(Activities, APhoneWithAWrongPasswordSaysSo) {
  write("scenario.yaml", R"(activity: "1"
title: { en: Wrong }
steps:
  - { id: answer, on: phone2, do: sip.answer, background: true, user: "102:wrong", server: 172.20.10.12 }
  - { id: call, on: phone1, do: sip.call, number: "102", user: "101:wrong", server: 172.20.10.12 }
  - { id: end, on: phone2, do: wait, step: answer }
)");
  const auto outcome = play({"--lab", shipped_lab_, "--quiet", folder() + "/scenario.yaml"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.output,
              HasSubstr("FAILED: ended with exit code 1 before it said \"ready at \": labnet sip answer: "
                        "the registration has failed: the server does not accept the number and its "
                        "password\n"));
  EXPECT_THAT(outcome.output, HasSubstr("FAILED: expected exit code 0, found 1: labnet sip call: the registration has "
                                        "failed: the server does not accept the number and its password\n"));
}

TEST_P(Activities, AStepThatReachesItsTimeLimitLeavesNothingInTheLab) {
  const auto lab = up();
  const auto before = processes();
  write("scenario.yaml", R"(activity: "1"
title: { en: Too long }
steps:
  - { id: obeys, on: one, run: "setsid sleep 88.8 & sleep 77.3 & sleep 66.6", time_limit: 300ms }
  - { id: does-not, on: one, run: "trap '' TERM; sleep 77.3 & sleep 66.6", time_limit: 300ms }
)");
  const auto outcome = play({folder() + "/scenario.yaml"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.output, HasSubstr("did not end within 300 ms"));
  EXPECT_TRUE(eventually([&] { return processes() == before; }));
  EXPECT_EQ(labnet({"exec", "one", "--", "true"}).exit_code, 0);
}

TEST_P(Activities, AnInterruptedStepLeavesNothingInTheLab) {
  expect_that_an_interrupt_leaves_nothing(R"(activity: "1"
title: { en: Interrupted }
steps:
  - { id: first, on: one, run: "true" }
  - { id: long, on: one, run: "sleep 77.3 & sleep 66.6; true" }
)");
}

TEST_P(Activities, WhatAStepPrintsDoesNotSteerTheTerminal) {
  const auto lab = up();
  write("scenario.yaml", R"(activity: "1"
title: { en: Escapes }
steps:
  - { id: look, on: one, run: "printf '\\033]0;gone\\007\\033[31mred\\000\\302\\233 caf\\303\\251\\tx\\r\\n'", expect: { contains: ["\e[2J"] } }
)");
  const auto outcome = play({folder() + "/scenario.yaml"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.output, HasSubstr("\\x1b]0;gone\\x07\\x1b[31mred\\x00\\xc2\\x9b café\tx\n"));
  EXPECT_THAT(outcome.output, HasSubstr("expected \"\\x1b[2J\" in what it prints"));
  for (const char c : {'\x1b', '\x07', '\r', '\0'}) EXPECT_EQ(outcome.output.find(c), std::string::npos) << int{c};
  EXPECT_THAT(transcript("1-look"), HasSubstr("\x1b]0;gone\x07")) << "the file has it as it was";
}

TEST_P(Activities, AFolderThatCannotBeWrittenIsToldBeforeAnythingIsStarted) {
  const auto file = write("file", "");
  const auto outcome = labnet({"run", "--lab", shipped_lab_, "--out", file + "/out", "8.1"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_EQ(outcome.output, "");
  EXPECT_THAT(outcome.errors, HasSubstr("cannot make the folder"));
  EXPECT_EQ(runtime_files(), std::set<std::string>{});
}

TEST_P(Activities, GivenTwiceAreEachPlayedOnce) {
  const auto lab = up();
  const auto scenario = write("scenario.yaml", R"(activity: "1"
title: { en: Once }
steps:
  - { id: look, on: one, run: "true" }
)");
  EXPECT_EQ(play({scenario, folder() + "/./scenario.yaml", scenario}).exit_code, 0);
  EXPECT_EQ(results().at("activities").as_array().size(), 1u);
}

TEST_P(Activities, ANameThatAnotherOneTakesIsToldBeforeAnythingIsStarted) {
  const auto scenario = [&](const std::string& activity, const std::string& step, const std::string& capture) {
    return write(activity + step + ".yaml", "activity: \"" + activity +
                                                "\"\ntitle: { en: x }\ncaptures:\n  - { file: " + capture +
                                                ", host: pc1, steps: [" + step + "] }\nsteps:\n  - { id: " + step +
                                                ", on: pc1, run: \"true\" }\n");
  };
  const auto first = scenario("1", "a-b", "one.pcap");
  const auto same_capture = scenario("2", "a", "one.pcap");
  const auto same_transcript = scenario("1-a", "b", "two.pcap");
  const auto captures = labnet({"run", "--lab", shipped_lab_, "--out", out_, first, same_capture});
  EXPECT_EQ(captures.exit_code, 2);
  EXPECT_EQ(captures.errors,
            same_capture + ":4:5: \"one.pcap\" is written by activity 1 of this run too, from another file\n");
  const auto transcripts = labnet({"run", "--check", "--lab", shipped_lab_, first, same_transcript});
  EXPECT_EQ(transcripts.exit_code, 2);
  EXPECT_EQ(transcripts.errors,
            same_transcript + ":6:5: \"1-a-b.txt\" is written by activity 1 of this run too, from another file\n");
  EXPECT_TRUE(fs::is_empty(out_));
}

TEST_P(Activities, AStepInTheBackgroundIsReadWhileOthersArePlayed) {
  const auto mark = folder() + "/out/mark";  // where all may write
  const auto scenario = write("scenario.yaml", fmt::format(R"(activity: "1"
title: {{ en: Much, es: Mucho }}
steps:
  - {{ id: much, on: one, run: "echo up; yes | head -c 9000000; touch {0}; sleep 1; echo last", background: true, ready: up, expect: {{ contains: [last] }} }}
  - {{ id: meanwhile, on: one, run: "until test -e {0}; do sleep 0.1; done", time_limit: 20s }}
  - {{ id: over, on: one, do: wait, step: much }}
)",
                                                           mark));
  const auto lab = up();
  const auto outcome = play({"--lang", "es", scenario});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.output.substr(0, 1000) << outcome.errors;
  EXPECT_THAT(transcript("1-much"), HasSubstr("\ny\n[aquí se omiten 4805704 bytes]\n"));
  EXPECT_THAT(transcript("1-much"), EndsWith("y\nlast\n"));
}

TEST_P(Activities, ALabThatIsUpIsUsedAndStaysUp) {
  const auto lab = up();
  write("scenario.yaml", R"(activity: "1"
title: { en: Two hosts, es: Dos }
steps:
  - { id: ping, on: one, do: ping, host: 192.168.1.2, count: 1 }
)");
  EXPECT_EQ(play({folder() + "/scenario.yaml"}).exit_code, 0);
  EXPECT_EQ(results().at("lab").as_string(), "small");
  EXPECT_EQ(labnet({"status"}).exit_code, 0);
}

TEST_P(Activities, OnTheLoopbackNetworkWhatIsPossibleIsPlayed) {
  // In a network namespace of its own, since all labs share the addresses of one loopback.
  auto words = command({"run", "--out", out_, "--lab", shipped_lab_, "--network", "loopback"});
  std::string line = "ip link set lo up; echo 0 65535 > /proc/sys/net/ipv4/ping_group_range; exec";
  for (const auto& word : words) line += " '" + word + "'";
  const auto outcome = run({"unshare", "-n", "sh", "-c", line}, environment({.patience = run_patience}));
  if (outcome.errors.find("unshare") != std::string::npos) GTEST_SKIP() << outcome.errors;
  EXPECT_EQ(outcome.exit_code, 3);
  EXPECT_THAT(outcome.output, AllOf(HasSubstr("skipped: the lab runs on the loopback network"),
                                    HasSubstr("skipped: it needs a network of namespaces\n"),
                                    HasSubstr("skipped: step stream was skipped\n"), Not(HasSubstr("FAILED"))));
  EXPECT_THAT(outcome.output, HasSubstr("pc1$ labnet ping 127.71.1.7 --like windows --count 4\n"));
  EXPECT_THAT(outcome.output, HasSubstr("Name:    dns.labredes71.com"));
  EXPECT_THAT(transcript("8.2-show-cache"), HasSubstr("A (Host) Record  . . . : 127.71.1.10"));
  EXPECT_THAT(transcript("8.2-show-empty-cache"), HasSubstr("The DNS cache is empty."));
  for (const auto* const of_call : {"8.6-call", "8.6-hung-up", "8.6-voips-call", "8.6-voips-hung-up"}) {
    EXPECT_THAT(transcript(of_call), AllOf(HasSubstr(" % alike, begins at "), EndsWith("\nanswered\n"))) << of_call;
  }
  EXPECT_THAT(transcript("8.7-watch"), AllOf(HasSubstr("NetStream.Play.Start"), HasSubstr("that was long enough")));
  EXPECT_THAT(transcript("8.7-stop"), HasSubstr("deleteStream(7, null, 1)"));
  for (const auto& entry : fs::directory_iterator{out_}) {
    EXPECT_THAT(entry.path().string(), Not(HasSubstr(".pcap")));
  }
}

}  // namespace
}  // namespace labnet::test
