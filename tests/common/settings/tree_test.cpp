// What a settings file may look like at all: characters, YAML, limits, and the place of every fault.
#include "common/settings/tree.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace labnet::settings {
namespace {

std::string fault_of_tree(std::string_view text, const Limits& limits = {}) {
  const auto tree = parse_tree(text, "lab.yaml", limits);
  return tree ? "no fault" : to_string(tree.error());
}

std::string place_of(const Node* node) {
  return fmt::format("{}:{}", node->mark.line, node->mark.column);
}

TEST(Tree, KnowsThePlaceOfEachKeyAndValue) {
  const auto tree =
      *parse_tree("# comment\nname: lab\nhosts:\n  pc1: { mac: x, ttl:   128 }\nlist:\n- a\n- [b, c]\n", "f", {});
  const auto& entries = tree->root->entries;
  ASSERT_EQ(entries.size(), 3u);
  EXPECT_EQ(place_of(entries[0].value), "2:7");
  EXPECT_EQ(entries[1].key_mark.line, 3);
  EXPECT_EQ(entries[1].key_mark.column, 1);
  EXPECT_EQ(place_of(entries[1].value), "4:3");
  const auto& pc1 = entries[1].value->entries[0];
  EXPECT_EQ(pc1.key_mark.column, 3);
  EXPECT_EQ(place_of(pc1.value), "4:8");
  EXPECT_EQ(place_of(pc1.value->entries[1].value), "4:25");
  EXPECT_EQ(place_of(entries[2].value->items[0]), "6:3");
  EXPECT_EQ(place_of(entries[2].value->items[1]->items[1]), "7:7");
}

TEST(Tree, CountsColumnsInCharacters) {
  EXPECT_EQ(fault_of_tree("{ país: España, país: x }"),
            "lab.yaml:1:17: key \"país\" stands here a second time; the first is on line 1");
}

TEST(Tree, SkipsAByteOrderMarkAndTakesCrLf) {
  const auto tree = *parse_tree(
      "\xef\xbb\xbf"
      "a: 1\r\nb: 2\r\n",
      "f", {});
  ASSERT_EQ(tree->root->entries.size(), 2u);
  EXPECT_EQ(tree->root->entries[0].key, "a");
  EXPECT_EQ(tree->root->entries[0].key_mark.column, 1);
  EXPECT_EQ(tree->root->entries[1].value->text, "2");
}

TEST(Tree, ATextWithoutValuesIsAnEmptySection) {
  for (const auto* text : {"", "\n\n", "# nothing yet\n", "---\n", "{}", "~"}) {
    const auto tree = parse_tree(text, "f", {});
    ASSERT_TRUE(tree) << text << to_string(tree.error());
    EXPECT_EQ((*tree)->root->kind, Node::Kind::section);
    EXPECT_TRUE((*tree)->root->entries.empty());
  }
}

TEST(Tree, TheTopIsASection) {
  EXPECT_EQ(fault_of_tree("\n- a\n"),
            "lab.yaml:2:1: expected a section (lines of \"key: value\") as the whole of the file");
  EXPECT_EQ(fault_of_tree("word"),
            "lab.yaml:1:1: expected a section (lines of \"key: value\") as the whole of the file");
}

TEST(Tree, AKeyStandsOnce) {
  EXPECT_EQ(fault_of_tree("a: 1\nb: 2\na: 3\n"),
            "lab.yaml:3:1: key \"a\" stands here a second time; the first is on line 1");
  EXPECT_EQ(fault_of_tree("x: {a: 1}\ny: {a: 1}"), "no fault");
}

TEST(Tree, AKeyIsAScalar) {
  EXPECT_EQ(fault_of_tree("? [a, b]\n: c\n"), "lab.yaml:1:3: expected a key here: a word, a colon, a space");
  EXPECT_EQ(fault_of_tree("x: 1\n{a: b}: c\n").substr(0, 11), "lab.yaml:2:");
  EXPECT_EQ(fault_of_tree("~: 1\n"), "lab.yaml:1:1: expected a key here: a word, a colon, a space");
}

TEST(Tree, HasOneDocument) {
  EXPECT_EQ(fault_of_tree("---\na: 1\n"), "no fault");
  EXPECT_EQ(fault_of_tree("a: 1\n---\nb: 2\n"), "lab.yaml:2:1: a second document begins here; a settings file has one");
}

TEST(Tree, IsUtf8) {
  EXPECT_EQ(fault_of_tree("a: 1\nb: caf\xe9\n"), "lab.yaml:2:7: octet 0xe9 is not UTF-8; save the file as UTF-8");
  EXPECT_EQ(fault_of_tree(std::string_view("\xff\xfe"
                                           "a\0:\0",
                                           6)),
            "lab.yaml:1:1: octet 0xff is not UTF-8; save the file as UTF-8");
  for (const auto* text : {"a: \xc0\x80", "a: \xe0\x80\x80", "a: \xed\xa0\x80", "a: \xf4\x90\x80\x80", "a: \xc3"})
    EXPECT_NE(fault_of_tree(text).find("is not UTF-8"), std::string::npos) << text;
  EXPECT_EQ(fault_of_tree("a: ñ€😀\xf4\x8f\xbf\xbf"), "no fault");
}

TEST(Tree, HoldsNoControlCharacters) {
  EXPECT_EQ(fault_of_tree("a: \x1b[31m"), "lab.yaml:1:4: control character 0x1b may not stand in a settings file");
  EXPECT_EQ(fault_of_tree(std::string_view("a: \0", 4)),
            "lab.yaml:1:4: control character 0x00 may not stand in a settings file");
}

TEST(Tree, IsIndentedWithSpaces) {
  EXPECT_EQ(fault_of_tree("a:\n  b: 1\n\tc: 1\n"),
            "lab.yaml:3:1: a tab indents this line; YAML is indented with spaces");
  EXPECT_EQ(fault_of_tree("a:\n  \tb: 1\n"), "lab.yaml:2:3: a tab indents this line; YAML is indented with spaces");
  EXPECT_EQ(fault_of_tree("a:\n  b: 1\t# said after a tab\n\t\n \t# a comment\n"), "no fault");
}

TEST(Tree, SaysWhereYamlIsBroken) {
  EXPECT_EQ(fault_of_tree("a: {b: 1\nc: 2\n").substr(0, 11), "lab.yaml:2:");
  for (const auto* text :
       {"a: {b: 1\nc: 2\n", "a: \"no end", "a: [1, 2", "a: b: c", "a: @x", "a: *nobody", "a: |9x\n b"})
    EXPECT_NE(fault_of_tree(text).find("this is not valid YAML: "), std::string::npos)
        << text << " -> " << fault_of_tree(text);
}

TEST(Tree, SaysInItsOwnWordsWhyYamlIsBroken) {
  const std::vector<std::tuple<std::string, std::string, std::string>> mistakes{
      {"a: {b: 1\nc: 2\n", "2:2", "a brace is not closed; it was opened in line 1, column 4"},
      {"a: [1, 2\n", "2:1", "a bracket is not closed; it was opened in line 1, column 4"},
      {"a: [1, {b: 2]\n", "1:13", "or another one is open still"},
      {"a: 1 ]\nb: ]\n", "2:4", "a bracket or brace is closed here that was not opened"},
      {"a:\n  b: 1\n c: 2\n", "3:2", "this line belongs to nothing"},
      {"a:\n  - b\n  -c: d\n", "3:3", "a dash that begins an item of a list needs a space behind it"},
      {"a: \"b\" c\n", "1:8", "what stands here belongs to nothing; a value in quotes or brackets ends with them"},
      {"a: 'it's'\n", "1:8", "within single quotes a single quote is doubled"},
      {"a: b: c\n", "1:5", "a colon is not expected here"},
      {"a: - b\n", "1:4", "an item of a list is not expected here"},
      {"a: @x\n", "1:4", "a value that begins like this has to stand in quotes"},
      {"a: *x\n", "1:4", "a value that begins with an asterisk has to stand in quotes"},
      {"a: * x\n", "1:5", "a value that begins with an asterisk has to stand in quotes"},
      {"a: & x\n", "1:5", "a value that begins with \"&\" has to stand in quotes"},
      {"a: !<x y\n", "1:7", "a value that begins with an exclamation mark has to stand in quotes"},
      {"a: &x &y z\n", "1:7", "at most one anchor or alias belongs to a value"},
      {"a: |9x\n b\n", "1:6", "behind \"|\" or \">\" only"},
      {"a: |0\n b\n", "1:6", "is one from 1 to 9"},
      {"a: \"C:\\q\"\n", "1:9", "a backslash within double quotes begins"},
      {"a: \"\\x4\"\n", "1:9", "expected hexadecimal digits behind the backslash"},
      {"a: \"\\uD800\"\n", "1:11", "no character has this number"},
      {"a: \"b\n---\nc\"\n", "2:1", "is a quote before it not closed?"},
      {"%YAML 9.9\n---\na: 1\n", "1:1", "or to say %YAML 1.2"},
      {"%TAG !\n---\na: 1\n", "1:1", "leave out the line %TAG"},
  };
  for (const auto& [text, place, words] : mistakes) {
    const auto fault = fault_of_tree(text);
    EXPECT_EQ(fault.substr(0, fault.find(": ")), "lab.yaml:" + place) << text << " -> " << fault;
    EXPECT_NE(fault.find(words), std::string::npos) << text << " -> " << fault;
    for (const auto* of_library : {"not found", "illegal", "scalar", "flow", "map "})
      EXPECT_EQ(fault.find(of_library), std::string::npos) << text << " -> " << fault;
  }
}

TEST(Tree, MissesTheQuoteAtTheEndOfTheFile) {
  for (const auto* text :
       {"a: \"no end", "a: \"no end\n", "a: 'no end\n", "a: 'it''\n", "a: \"b\\\"\n", "a: 'b\n\nc: d\n"})
    EXPECT_NE(fault_of_tree(text).find("a quote that is opened here is not closed"), std::string::npos)
        << text << " -> " << fault_of_tree(text);
  for (const auto* text :
       {"a: 'it''s'\n", "a: ''", "a: \"\\\"\"", "a: it's\n", "'a': \"b\nc\"\n", "a: |\n  \"b\n", "a: 5\" tape\n"})
    EXPECT_EQ(fault_of_tree(text), "no fault") << text;
}

TEST(Tree, KnowsNoTags) {
  EXPECT_EQ(fault_of_tree("a: !!int 3"), "lab.yaml:1:4: tags are not used here; leave out \"tag:yaml.org,2002:int\"");
  EXPECT_EQ(fault_of_tree("a: \"quoted\"\nb: 'too'"), "no fault");
}

TEST(Tree, AnAliasRepeatsAFinishedValue) {
  const auto tree = *parse_tree("a: &x { mac: 1 }\nb: *x\n", "f", {});
  EXPECT_EQ(tree->root->entries[1].value->entries[0].value->text, "1");
  EXPECT_EQ(fault_of_tree("a: &x [1, *x]\n"), "lab.yaml:1:11: this alias stands inside the value that it repeats");
}

TEST(Tree, AliasesCountAsWhatTheyRepeat) {
  std::string bomb = "l0: &l0 [x,x,x,x,x,x,x,x,x,x]\n";
  for (int i = 1; i < 9; ++i)
    bomb += fmt::format("l{0}: &l{0} [*l{1},*l{1},*l{1},*l{1},*l{1},*l{1},*l{1},*l{1},*l{1},*l{1}]\n", i, i - 1);
  EXPECT_NE(fault_of_tree(bomb).find("more than 50000 values in one file"), std::string::npos) << fault_of_tree(bomb);
}

TEST(Tree, AliasesDoNotHideDepth) {
  EXPECT_EQ(fault_of_tree("a: &a [[x]]\nb: [*a]\n", {.depth_max = 4}), "no fault");
  EXPECT_EQ(fault_of_tree("a: &a [[x]]\nb: [[*a]]\n", {.depth_max = 4}),
            "lab.yaml:2:6: more than 4 lists and sections inside one another");
}

TEST(Tree, EachLimitIsTheLastValueThatPasses) {
  EXPECT_EQ(fault_of_tree("a: 1\n", {.file_bytes_max = 5}), "no fault");
  EXPECT_EQ(fault_of_tree("a: 12\n", {.file_bytes_max = 5}), "lab.yaml: larger than 5 bytes");
  EXPECT_EQ(fault_of_tree("a: [[1]]", {.depth_max = 3}), "no fault");
  EXPECT_EQ(fault_of_tree("a: [[[1]]]", {.depth_max = 3}),
            "lab.yaml:1:6: more than 3 lists and sections inside one another");
  EXPECT_EQ(fault_of_tree("a: 1\nb: 2", {.nodes_max = 5}), "no fault");
  EXPECT_EQ(fault_of_tree("a: 1\nb: 2\nc: 3", {.nodes_max = 5}), "lab.yaml:3:1: more than 5 values in one file");
}

TEST(Tree, SurvivesNestingFarBeyondTheLimit) {
  for (const auto* opening : {"[", "{", "- ", "? ", "{a: ", "[[{"}) {
    std::string text;
    while (text.size() < 200000) text += opening;
    EXPECT_NE(fault_of_tree(text), "no fault") << opening;
  }
}

TEST(Tree, EveryCutOfAFileIsReadOrRefused) {
  const std::string whole =
      "name: \"láb\"\nhosts:\n  pc1: &p { mac: '00', list: [1, 2] }\n  pc2: *p\ntext: |\n  a\n  b\n";
  for (std::size_t n = 0; n <= whole.size(); ++n) {
    const auto tree = parse_tree(std::string_view{whole}.substr(0, n), "f", {});
    EXPECT_TRUE(tree || tree.error().mark.line > 0) << n << " bytes: " << to_string(tree.error());
  }
}

}  // namespace
}  // namespace labnet::settings
