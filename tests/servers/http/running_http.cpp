#include "tests/servers/http/running_http.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>

#include "common/base/text.hpp"

namespace labnet::http_server {
namespace {

constexpr std::string_view head_end = "\r\n\r\n";

std::vector<std::string> joined(std::vector<std::string> options, const std::vector<std::string>& further) {
  options.insert(options.end(), further.begin(), further.end());
  return options;
}

/// The configuration as a file, beside the folder that is served.
std::string write_config(const std::string& root, std::string yaml, const std::vector<std::string>& folders) {
  for (const auto& folder : folders) std::filesystem::create_directories(root + "/" + folder);
  constexpr std::string_view placeholder = "ROOT";
  for (auto at = yaml.find(placeholder); at != yaml.npos; at = yaml.find(placeholder, at + root.size())) {
    yaml.replace(at, placeholder.size(), root);
  }
  const auto path = root + "/../http.yaml";
  std::ofstream{path} << yaml;
  return path;
}

}  // namespace

RunningHttp::RunningHttp(const std::vector<std::string>& options, test::How how)
    : RunningService{"http", joined({"--root", root()}, options), std::move(how)} {}

RunningHttp::RunningHttp(const std::string& yaml, const std::vector<std::string>& options,
                         const std::vector<std::string>& folders, test::How how)
    : RunningService{"http", joined({"-c", write_config(root(), yaml, folders)}, options), std::move(how)} {}

std::unique_ptr<RunningHttp> RunningHttp::with_config(const std::string& yaml, test::How how,
                                                      const std::vector<std::string>& options,
                                                      const std::vector<std::string>& folders) {
  return std::unique_ptr<RunningHttp>{new RunningHttp{yaml, options, folders, std::move(how)}};
}

std::unique_ptr<RunningHttp> RunningHttp::as_ordinary_user(const std::vector<std::string>& options) {
  return std::unique_ptr<RunningHttp>{new RunningHttp{options, test::as_nobody()}};
}

std::string HttpResponse::field(std::string_view name) const {
  for (const auto line : split(head, '\n')) {
    const auto colon = line.find(':');
    if (colon != line.npos && equals_ignoring_case(line.substr(0, colon), name)) {
      return std::string{trim(line.substr(colon + 1, line.find('\r') - colon - 1))};
    }
  }
  return {};
}

bool HttpResponse::has(std::string_view name) const {
  return to_lower(head).find(fmt::format("\r\n{}:", to_lower(name))) != head.npos;
}

std::string HttpResponse::field_names() const {
  std::vector<std::string> names;
  for (const auto line : split(head, '\n')) {
    if (const auto colon = line.find(": "); colon != line.npos) names.emplace_back(line.substr(0, colon));
  }
  return join(names, ", ");
}

bool HttpClient::receive_until(std::string_view end) {
  while (unread_.find(end) == unread_.npos) {
    const auto more = connection_.receive();
    if (more.empty()) return false;
    unread_ += more;
  }
  return true;
}

HttpResponse HttpClient::receive(std::string_view method) {
  HttpResponse response;
  if (!receive_until(head_end)) return response;
  const auto head_bytes = unread_.find(head_end) + head_end.size();
  response.head = unread_.substr(0, head_bytes);
  unread_.erase(0, head_bytes);
  constexpr std::size_t status_at = 9;  // behind "HTTP/1.1 "
  response.status = parse_integer<int>(std::string_view{response.head}.substr(status_at, 3)).value_or(0);
  if (method == "HEAD" || response.status == 304 || response.status == 204 || response.status < 200) return response;
  const auto bytes = parse_integer<std::size_t>(response.field("Content-Length")).value_or(0);
  while (unread_.size() < bytes) {
    const auto more = connection_.receive();
    if (more.empty()) break;
    unread_ += more;
  }
  response.body = unread_.substr(0, bytes);
  unread_.erase(0, bytes);
  return response;
}

HttpResponse HttpClient::ask(std::string_view method, std::string_view target, std::string_view fields,
                             std::string_view body) {
  const auto length = body.empty() ? std::string{} : fmt::format("Content-Length: {}\r\n", body.size());
  send(fmt::format("{} {} HTTP/1.1\r\nHost: www.lab\r\n{}{}\r\n{}", method, target, fields, length, body));
  return receive(method);
}

}  // namespace labnet::http_server
