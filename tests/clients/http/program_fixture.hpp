// labnet http as a user runs it, in a folder of its own, against Python's server or one with a script.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/clients/http/scripted_server.hpp"
#include "tests/support/child.hpp"

namespace labnet::test {

using Words = std::vector<std::string>;

class HttpProgram : public testing::Test {
 protected:
  /// Python's http.server, of the folder `root`.
  void serve() {
    server_ = std::make_unique<Child>(
        Words{"python3", "-u", "-m", "http.server", "--bind", "127.0.0.1", "--directory", root_, "0"});
    const auto line = server_->line();  // "Serving HTTP on 127.0.0.1 port 36521 (http://127.0.0.1:36521/) ..."
    ASSERT_TRUE(line);
    const auto begin = line->find("(http://") + 1;
    place_ = line->substr(begin, line->find("/)") - begin);
  }
  std::string url(const std::string& path = "/") const { return place_ + path; }
  void write(const std::string& name, const std::string& text) const { folder_.write("root/" + name, text); }
  std::string here(const std::string& name) const { return here_ + "/" + name; }
  Words names_here() const {
    Words names;
    for (const auto& entry : std::filesystem::directory_iterator{here_}) names.push_back(entry.path().filename());
    std::ranges::sort(names);
    return names;
  }

  Words command(const std::string& verb, const Words& arguments) const {
    Words words{labnet(), "http", verb};
    words.insert(words.end(), arguments.begin(), arguments.end());
    return words;
  }
  Outcome http(const std::string& verb, const Words& arguments,
               std::map<std::string, std::string> environment = {}) const {
    return run(command(verb, arguments), {.environment = std::move(environment), .folder = here_});
  }
  /// With a text at standard input.
  Outcome http_with_input(const std::string& input, const std::string& verb, const Words& arguments) const {
    const auto path = folder_.write("input", input);
    Words words{"sh", "-c", "exec \"$0\" \"$@\" < " + path};
    for (const auto& word : command(verb, arguments)) words.push_back(word);
    return run(words, {.environment = {}, .folder = here_});
  }

  TemporaryFolder folder_;
  std::string root_ = folder_.path() + "/root";
  std::string here_ = [this] {
    std::filesystem::create_directories(folder_.path() + "/root");
    std::filesystem::create_directories(folder_.path() + "/here");
    return folder_.path() + "/here";
  }();
  std::unique_ptr<Child> server_;
  std::string place_;
};

}  // namespace labnet::test
