// The pages for man.
#include "common/program/manual.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

namespace labnet::program {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

Run define_put(Options& options) {
  auto file = std::make_shared<std::string>();
  auto limit = std::make_shared<int>(1);
  options.positional("FILE", *file, "what is brought");
  options.option("-n,--lines-max", "N", *limit, "no more; ~ and ^ stand for themselves");
  options.option("--other", "N", *limit, "another one");
  options.note("What comes of it:", "it's there\n.so it seems\n");
  return [file, limit](Console&) { return Exit::done; };
}
Run define_nothing(Options&) {
  return [](Console&) { return Exit::done; };
}
const Program put{"ftp put", Group::clients, "Brings a file", "labnet ftp put a.txt \"x y\"", define_put};
const Program get{"ftp get", Group::clients, "Fetches a file", "", define_nothing};
const Program serve{"serve ftp", Group::servers, "FTP for all", "", define_nothing};
const auto manual_programs = std::to_array<const Program*>({&put, &get, &serve});
const auto manual_links = std::to_array<Link>({{"ftp-client", "ftp"}, {"ftp-server", "serve ftp"}});

std::string page(std::string_view name) {
  return manual_page(manual_programs, manual_links, name).value_or("no such page");
}

TEST(Manual, HasAPageForEachProgramEachFamilyAndEachLink) {
  EXPECT_THAT(manual_pages(manual_programs, manual_links),
              ElementsAre("ftp-client.1", "ftp-server.1", "labnet-ftp-get.1", "labnet-ftp-put.1", "labnet-ftp.1",
                          "labnet-serve-ftp.1", "labnet.1"));
  EXPECT_EQ(page("ftp-client.1"), ".so man1/labnet-ftp.1\n");
  EXPECT_EQ(page("ftp-server.1"), ".so man1/labnet-serve-ftp.1\n");
  EXPECT_EQ(page("labnet-ftp-rm.1"), "no such page");
}

TEST(Manual, TellsOfAProgramWhatItsHelpTells) {
  const auto text = page("labnet-ftp-put.1");
  EXPECT_THAT(text, StartsWith(".TH \"LABNET\\-FTP\\-PUT\" 1 "));
  EXPECT_THAT(text, HasSubstr("\nlabnet\\-ftp\\-put \\- brings a file\n"));
  EXPECT_THAT(text, HasSubstr(".B \"labnet ftp put [OPTIONS] FILE\"\n"));
  EXPECT_THAT(text, HasSubstr(".TP\n.B \"FILE\"\nwhat is brought\n"));
  EXPECT_THAT(text,
              HasSubstr(".TP\n.B \"\\-n, \\-\\-lines\\-max N\"\nno more; \\(ti and \\(ha stand for themselves\n"));
  EXPECT_THAT(text, HasSubstr(".B \"\\-\\-other N\"\nanother one\n"));
  EXPECT_THAT(text, HasSubstr(".B \"\\-h, \\-\\-help\"\n"));
  EXPECT_THAT(text, HasSubstr("LABNET_A_B"));
  EXPECT_THAT(text, HasSubstr("    labnet ftp put a.txt \"x y\"\n"));
  EXPECT_THAT(page("labnet-ftp-get.1"),
              Not(HasSubstr("LABNET_A_B")));  // it has no option that the environment could set
  EXPECT_THAT(page("labnet-serve-ftp.1"), HasSubstr("labnet\\-serve\\-ftp \\- FTP for all\n"));
  EXPECT_THAT(page("labnet-serve-ftp.1"), HasSubstr("labnet\\-ftp(5)"));
}

TEST(Manual, TakesNoTextForAnInstruction) {
  EXPECT_THAT(page("labnet-ftp-put.1"),
              HasSubstr(".SH \"WHAT COMES OF IT\"\n.nf\n    it\\(aqs there\n    .so it seems\n.fi\n"));
}

TEST(Manual, TellsOfAFamilyAndOfAll) {
  EXPECT_THAT(page("labnet-ftp.1"), HasSubstr(".B \"labnet ftp put\"\nBrings a file.\n"));
  EXPECT_THAT(page("labnet-ftp.1"), Not(HasSubstr("serve")));
  EXPECT_THAT(page("labnet.1"), HasSubstr(".SH \"CLIENTS\"\n.TP\n.B \"labnet ftp put\"\n"));
  EXPECT_THAT(page("labnet.1"), HasSubstr(".B \"ftp\\-server\"\nlabnet serve ftp\n"));
}

TEST(Manual, OfAConfigurationIsItsReferenceFile) {
  const auto text =
      configuration_page("ftp",
                         "# An FTP service.\n# Copy it.\n\n# Where it\n# listens.\n#   listen: [a]\n# None: nowhere.\n"
                         "listen: []\n\nlimits:\n  # How many.\n  sessions_max: 10 # more are told 421\nlast: .\n");
  EXPECT_THAT(text, HasSubstr("labnet\\-ftp \\- configuration of labnet serve ftp\n"));
  EXPECT_THAT(text, HasSubstr(".SH \"DESCRIPTION\"\nAn FTP service. Copy it.\n"));
  EXPECT_THAT(text,
              HasSubstr(".TP\n.B \"listen: []\"\nWhere it listens.\n.nf\n    listen: [a]\n.fi\n.IP\nNone: nowhere.\n"));
  EXPECT_THAT(text, HasSubstr(".B \"limits:\"\n.RS 4\n.TP\n.B \"sessions_max: 10\"\nmore are told 421\nHow many.\n.RE\n"
                              ".TP\n.B \"last: .\"\n"));
}

}  // namespace
}  // namespace labnet::program
