// Heads of responses: what differs from one kind of server to another, and what from one time to the next.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace labnet::http_server {

/// Whom the heads look like: the order of their fields, the name of the server, the tag of a compressed form.
enum class Like { labnet, apache, nginx };

/// "labnet", "Apache", "nginx"
std::string_view server_name(Like like);

using FieldList = std::vector<std::pair<std::string_view, std::string>>;

/// All of a head but the date and what is said of the connection, in the order that `like` has.
class HeadTemplate {
 public:
  /// server  of the field Server; empty: none
  /// fields  beside Date, Server, Connection and Keep-Alive, in any order
  HeadTemplate(Like like, std::string_view server, int status, const FieldList& fields);

  /// date        of the field Date
  /// connection  whole lines, or nothing
  void append_to(std::string& out, std::string_view date, std::string_view connection) const {
    out.append(text_, 0, date_at_);
    out += date;
    out.append(text_, date_at_, connection_at_ - date_at_);
    out += connection;
    out.append(text_, connection_at_);
  }

 private:
  std::string text_;
  std::size_t date_at_ = 0;
  std::size_t connection_at_ = 0;
};

}  // namespace labnet::http_server
