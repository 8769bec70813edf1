// The settings of an FTP service: the shipped files, every key, and one clear fault for each mistake.
#include "servers/ftp/config.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <filesystem>

#include "servers/ftp/limits.hpp"
#include "tests/support/child.hpp"

namespace labnet::ftp_server {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

const std::filesystem::path config_folder{LABNET_CONFIG_DIR};

Config load_file(const std::filesystem::path& file) {
  auto document = settings::load(file);
  if (!document) throw std::runtime_error{to_string(document.error())};
  auto config = load_config(*document);
  if (!config) throw std::runtime_error{to_string(config.error())};
  return *std::move(config);
}

/// What is said of a configuration with these lines behind "root: .".
std::string fault_of(const std::string& yaml) {
  const test::TemporaryFolder folder;
  const auto file = folder.write("ftp.yaml", "root: .\n" + yaml);
  auto document = settings::load(file);
  if (!document) return to_string(document.error());
  const auto config = load_config(*document);
  return config ? "" : to_string(config.error()).substr(folder.path().size() + 1);
}

TEST(FtpConfig, TheShippedFileHasTheDefaults) {
  const auto file = load_file(config_folder / "ftp.yaml");
  const Config none;
  EXPECT_TRUE(file.listen.empty());
  EXPECT_TRUE(file.users.empty());
  EXPECT_FALSE(file.users_file);
  EXPECT_EQ(file.anonymous.allowed, none.anonymous.allowed);
  EXPECT_EQ(file.anonymous.home, none.anonymous.home);
  EXPECT_EQ(file.anonymous.permissions, none.anonymous.permissions);
  EXPECT_EQ(file.language, none.language);
  EXPECT_EQ(file.greeting, none.greeting);
  EXPECT_EQ(file.active, none.active);
  EXPECT_EQ(file.passive.ports, none.passive.ports);
  EXPECT_EQ(file.passive.masquerade_address, none.passive.masquerade_address);
  EXPECT_EQ(file.tls.identity.authority, none.tls.identity.authority);
  EXPECT_EQ(file.tls.identity.ocsp, none.tls.identity.ocsp);
  EXPECT_EQ(file.tls.identity.versions, none.tls.identity.versions);
  EXPECT_EQ(file.tls.required, none.tls.required);
  EXPECT_EQ(file.tls.session_reuse, none.tls.session_reuse);
  EXPECT_EQ(file.upload.keeps_partial, none.upload.keeps_partial);
  EXPECT_EQ(file.upload.may_replace, none.upload.may_replace);
  EXPECT_EQ(file.upload.fsyncs, none.upload.fsyncs);
  EXPECT_EQ(file.upload.bytes_max, none.upload.bytes_max);
  EXPECT_EQ(file.limits.sessions_max, none.limits.sessions_max);
  EXPECT_EQ(file.limits.sessions_per_address_max, none.limits.sessions_per_address_max);
  EXPECT_EQ(file.limits.login_tries_max, none.limits.login_tries_max);
  EXPECT_EQ(file.limits.failed_login_delay, none.limits.failed_login_delay);
  EXPECT_EQ(file.limits.login_timeout, none.limits.login_timeout);
  EXPECT_EQ(file.limits.idle_timeout, none.limits.idle_timeout);
  EXPECT_EQ(file.limits.stall_timeout, none.limits.stall_timeout);
  EXPECT_EQ(file.limits.connect_timeout, none.limits.connect_timeout);
  EXPECT_FALSE(file.transfer_log);
}

TEST(FtpConfig, TheLabHasTheUserOfTheReport) {
  const auto config = load_file(config_folder / "labredes71" / "ftp.yaml");
  ASSERT_EQ(config.users.size(), 1u);
  EXPECT_EQ(config.users[0], (User{"samurt123", "password", "/home/samurt123", Permissions::all()}));
  EXPECT_EQ(config.language, Language::spanish);
  EXPECT_FALSE(config.tls.is_offered());
  EXPECT_TRUE(std::filesystem::exists(config.root / "home/samurt123/1.png"));
}

TEST(FtpConfig, EachMistakeHasItsPlaceAndWhatWasExpected) {
  EXPECT_EQ(fault_of("active: false\n"), "");
  EXPECT_THAT(fault_of("rooot: .\n"), HasSubstr("ftp.yaml:2:1: unknown key \"rooot\""));
  EXPECT_THAT(fault_of("listen: [http://127.0.0.1:80]\n"), HasSubstr("ftp.yaml:2:10: listen.1: expected ftp://"));
  EXPECT_THAT(fault_of("users: { \"a:b\": { password: x } }\n"), HasSubstr("ftp.yaml:2:10: "));
  EXPECT_THAT(fault_of("users: { ann: {} }\n"), HasSubstr("password"));
  EXPECT_THAT(fault_of("users: { ann: { password: x, home: pub } }\n"), HasSubstr("expected an absolute path"));
  EXPECT_THAT(fault_of("users: { ann: { password: x, permissions: all } }\n"),
              HasSubstr("expected \"read\", \"write\""));
  EXPECT_THAT(fault_of("users: { ann: { password: " + std::string(257, 'x') + " } }\n"),
              HasSubstr("ftp.yaml:2:27: users.ann.password: a password has at most 256 bytes"));
  EXPECT_THAT(fault_of("users: { ann: { password: \"\" } }\n"), HasSubstr("expected a password"));
  EXPECT_FALSE(user_kind().parse("ann:" + std::string(257, 'x')));
  EXPECT_THAT(fault_of("passive: { ports: 5000-4000 }\n"), HasSubstr("expected two ports"));
  EXPECT_THAT(fault_of("passive: { ports: 0-4000 }\n"), HasSubstr("expected two ports"));
  EXPECT_THAT(fault_of("passive: { masquerade_address: 0.0.0.0 }\n"), HasSubstr("nobody can connect to 0.0.0.0"));
  EXPECT_THAT(fault_of("tls: { certificate: a.pem }\n"), HasSubstr("key"));
  EXPECT_EQ(fault_of("tls: { required: true }\n"), "") << "the command line may have the certificate";
  EXPECT_THAT(fault_of("tls: { session_reuse: always }\n"), HasSubstr("expected one of off, warn, require"));
  EXPECT_THAT(fault_of("language: fr\n"), HasSubstr("expected one of en, es"));
  EXPECT_THAT(fault_of("limits: { sessions_max: 0 }\n"), HasSubstr("from 1 to 100000"));
  EXPECT_THAT(fault_of("limits: { sessions_max: 100001 }\n"), HasSubstr("from 1 to 100000"));
  EXPECT_THAT(fault_of("greeting: \"" + std::string(501, 'x') + "\"\n"), HasSubstr("at most 500 bytes"));
}

TEST(FtpConfig, ARootThatIsNoFolderIsAFault) {
  const test::TemporaryFolder folder;
  const auto file = folder.write("ftp.yaml", "root: nowhere\n");
  auto document = settings::load(file);
  ASSERT_TRUE(document);
  const auto config = load_config(*document);
  ASSERT_FALSE(config);
  EXPECT_THAT(to_string(config.error()), HasSubstr("nowhere is no folder"));
}

TEST(FtpCheck, MakesNothingAndWaitsForNobody) {
  const test::TemporaryFolder folder;
  const auto check = [&](const std::string& yaml) {
    const auto file = folder.write("ftp.yaml", "root: .\nusers: { ann: { password: x } }\n" + yaml);
    return test::run({test::labnet(), "serve", "ftp", "-c", file, "--check"});
  };
  EXPECT_EQ(check("transfer_log: new.log\n").exit_code, 0);
  EXPECT_FALSE(std::filesystem::exists(folder.path() + "/new.log"));
  EXPECT_THAT(check("transfer_log: nowhere/new.log\n").errors, HasSubstr("cannot write"));
  folder.write("old.log", "a line\n");
  EXPECT_EQ(check("transfer_log: old.log\n").exit_code, 0);
  EXPECT_EQ(test::read_file(folder.path() + "/old.log"), "a line\n");
  ASSERT_EQ(test::run({"mkfifo", folder.path() + "/fifo"}).exit_code, 0);
  for (const auto* key : {"transfer_log", "users_file"}) {
    const auto refused = check(fmt::format("{}: fifo\n", key));
    EXPECT_NE(refused.exit_code, 0) << key;
    EXPECT_THAT(refused.errors, HasSubstr("fifo is no plain file")) << key;
  }
}

TEST(FtpUsersFile, IsReadLineByLine) {
  const test::TemporaryFolder folder;
  const auto file = folder.write("users", "# who\n\nann:secret:/home/ann/:write\r\nben:$y$x:/:list+read\n");
  const auto users = load_users(file);
  ASSERT_TRUE(users) << users.error().message;
  ASSERT_EQ(users->size(), 2u);
  EXPECT_EQ(users->front(), (User{"ann", "secret", "/home/ann", Permissions::all()}));
  EXPECT_EQ(users->back().permissions, Permissions::reading());
}

TEST(FtpUsersFile, MayBeginWithAByteOrderMark) {
  const std::string text =
      "\xef\xbb\xbf"
      "ann:secret:/:read\n";
  const auto users = parse_users(text, "users");
  ASSERT_TRUE(users) << users.error().message;
  EXPECT_EQ(users->front().name, "ann");
  EXPECT_EQ(with_user(text, {.name = "ann", .password = "new", .home = {}, .permissions = {}}), "ann:new:/:read\n");
}

TEST(FtpUsersFile, IsAPlainFileThatIsNotTooLarge) {
  const test::TemporaryFolder folder;
  const auto fifo = folder.path() + "/fifo";
  ASSERT_EQ(test::run({"mkfifo", fifo}).exit_code, 0);
  for (const auto& path : {fifo, std::string{"/dev/zero"}, folder.path()}) {
    EXPECT_THAT(load_users(path).error().message, HasSubstr("is no plain file")) << path;
  }
  const auto large = folder.write("large", "");
  std::filesystem::resize_file(large, std::uintmax_t{1} << 40);
  EXPECT_THAT(load_users(large).error().message, HasSubstr("has more than"));
}

TEST(FtpUsersFile, EachMistakeHasItsLine) {
  const test::TemporaryFolder folder;
  const auto fault = [&](const std::string& text) {
    const auto users = load_users(folder.write("users", "# who\n" + text));
    return users ? "" : users.error().message.substr(folder.path().size() + 1);
  };
  EXPECT_EQ(fault("ann:secret:/:write\n"), "");
  EXPECT_THAT(fault("ann:secret:/\n"), testing::StartsWith("users:2: expected NAME:PASSWORD:HOME:PERMISSIONS"));
  EXPECT_THAT(fault("ann::/:read\n"), testing::StartsWith("users:2: expected a password"));
  EXPECT_EQ(fault("ann:" + std::string(256, 'x') + ":/:read\n"), "");
  EXPECT_THAT(fault("ann:" + std::string(257, 'x') + ":/:read\n"),
              testing::StartsWith("users:2: a password has at most 256 bytes"));
  EXPECT_THAT(fault(":x:/:read\n"), testing::StartsWith("users:2: expected a name"));
  EXPECT_THAT(fault("ann:x:home:read\n"), testing::StartsWith("users:2: expected an absolute path"));
  EXPECT_THAT(fault("ann:x:/:any\n"), testing::StartsWith("users:2: expected permissions"));
  EXPECT_THAT(fault("ann:x:/:read\nann:y:/:read\n"), testing::StartsWith("users:3: ann is here twice"));
  EXPECT_THAT(fault(std::string(65, 'n') + ":x:/:read\n"), HasSubstr("at most 64 bytes"));
  EXPECT_THAT(load_users(folder.path() + "/none").error().message, HasSubstr("cannot read"));
}

TEST(FtpUsersFile, KeepsAllButTheLineOfTheUser) {
  const UserLine ann{.name = "ann", .password = "new", .home = "/", .permissions = "write"};
  EXPECT_EQ(with_user("", ann), "ann:new:/:write\n");
  EXPECT_EQ(with_user("# who\nann:old:/:read\nben:x:/:read", ann), "# who\nann:new:/:write\nben:x:/:read\n");
  EXPECT_EQ(with_user("#ann:old:/:read\n", ann), "#ann:old:/:read\nann:new:/:write\n");
}

TEST(FtpUsersFile, KeepsHomeAndPermissionsUnlessOthersAreGiven) {
  const std::string text = "ann:old:/home/ann:list+append\r\n";
  const UserLine line{.name = "ann", .password = "new", .home = {}, .permissions = {}};
  EXPECT_EQ(with_user(text, line), "ann:new:/home/ann:list+append\n");
  EXPECT_EQ(with_user(text, {.name = "ann", .password = "new", .home = "/x", .permissions = {}}),
            "ann:new:/x:list+append\n");
  EXPECT_EQ(with_user("", line), "ann:new:/:read\n");
}

TEST(FtpPermissions, AreDescribedAsTheyAreWritten) {
  for (const auto* text : {"read", "write", "append", "list+append", "list+read+store"}) {
    EXPECT_EQ(describe(*permissions_kind().parse(text)), text);
  }
}

TEST(FtpPasswd, SaysWhatItHasDoneAndTouchesNoFileThatAServerWouldRefuse) {
  const test::TemporaryFolder folder;
  const auto file = folder.write("users", "ann:secret:/home/ann:write\n");
  const auto passwd = [&] {
    return test::run({"sh", "-c", "echo new | \"$0\" ftp passwd \"$1\" ann", test::labnet(), file});
  };
  EXPECT_THAT(passwd().output, HasSubstr("the password of ann is set; home /home/ann, write\n"));
  EXPECT_THAT(test::read_file(file), testing::EndsWith(":/home/ann:write\n"));
  folder.write("users", "# who\nbroken line\n");
  const auto refused = passwd();
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.errors, HasSubstr("users:2: expected NAME:PASSWORD:HOME:PERMISSIONS"));
  EXPECT_EQ(test::read_file(file), "# who\nbroken line\n");
}

TEST(FtpPasswd, LosesNobodyAndLetsNobodyElseRead) {
  const test::TemporaryFolder folder;
  const auto file = folder.write("users", "ann:secret:/:read\n");
  std::filesystem::permissions(file, std::filesystem::perms{0640});
  const auto passwd = [&](const std::string& name) {
    return test::run(
        {"sh", "-c", "echo new | \"$0\" ftp passwd \"$1\" ben", test::labnet(), folder.path() + "/" + name});
  };
  EXPECT_EQ(passwd("users").exit_code, 0);
  EXPECT_THAT(test::read_file(file), testing::StartsWith("ann:secret:/:read\nben:$"));
  EXPECT_EQ(std::filesystem::status(file).permissions(), std::filesystem::perms{0640});
  EXPECT_EQ(passwd("new").exit_code, 0);
  EXPECT_EQ(std::filesystem::status(folder.path() + "/new").permissions(), std::filesystem::perms{0600});
  // What cannot be read as a file of users is not taken for an empty one.
  const std::string large(users_file_bytes_max + 1, '#');
  folder.write("large", large);
  const auto refused = passwd("large");
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.errors, HasSubstr("has more than"));
  EXPECT_TRUE(test::read_file(folder.path() + "/large") == large);
}

}  // namespace
}  // namespace labnet::ftp_server
