// Settings by environment variables, over what a file says: LABNET_HTTP_LIMITS_CONNECTIONS_MAX=100 is the key
// connections_max of the section limits of an HTTP service.
//
// A variable's name is the path of a key in capitals, with "_" between section and key and for whatever else is no
// letter and no digit. Its value is read as what stands behind "key:" in a file:
//
//   LABNET_HTTP_LIKE=nginx                                    a scalar
//   LABNET_HTTP_LISTEN=http://127.0.0.1:80,https://[::1]:443  a list of scalars, with commas between them
//   LABNET_DNS_RECURSION_ALLOW=["a, b", c]                    a list whose items have commas
//   LABNET_FTP_USERS={samurt123: {password: x}}               a section; in quotation marks for a shell
//   LABNET_SIP_SOFTWARE='"a: b # c"'                          a text that YAML would read as something else
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.hpp"
#include "common/settings/tree.hpp"

namespace labnet::settings {

struct Variable {
  std::string name;  // in full: "LABNET_HTTP_LIKE"
  std::string value;
};

/// Those of this process whose names begin so ("LABNET_HTTP_"), in the order of their names.
std::vector<Variable> variables_with(std::string_view prefix);

/// The variables as values of keys.
class Environment {
 public:
  /// prefix  in front of the keys' paths
  /// faults  a value is no YAML, or larger than a file may be; the fault's place is the variable
  static Result<Environment, Fault> read(std::string prefix, const std::vector<Variable>& variables,
                                         const Limits& limits = {});

  /// What a key has, by its path ("limits.connections_max"), which counts as known from now on; null: nothing.
  const Node* find(std::string_view path);
  /// Whether there is a variable for something within the section of that path.
  bool has_within(std::string_view path) const;
  /// Of a section that stands nowhere else: it has no keys.
  const Node* empty_section(const Node& parent);

  /// The first variable that nobody has asked for, with the known key that is most like it.
  std::optional<Fault> unknown(const std::vector<std::string>& known_paths) const;
  bool empty() const { return values_.empty(); }

 private:
  struct Value {
    std::string name;  // in full
    std::unique_ptr<Tree> tree;
    const Node* node = nullptr;
    bool known = false;
  };
  std::string name_of(std::string_view path) const;

  std::string prefix_;
  std::vector<Value> values_;
  std::deque<Node> empty_sections_;
};

}  // namespace labnet::settings
