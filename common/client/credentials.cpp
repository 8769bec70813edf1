#include "common/client/credentials.hpp"

namespace labnet::client {

Result<Credentials> parse_credentials(
    std::string_view text,
    const std::function<Result<std::string>(std::string_view text, std::string_view what)>& decode) {
  const auto colon = text.find(':');
  auto user = decode(text.substr(0, colon), "user");
  if (!user) return user.error();
  if (user->empty()) return Error{"in the URL there is \"@\" and no user before it"};
  if (colon == text.npos) return Credentials{*std::move(user), std::nullopt};
  auto password = decode(text.substr(colon + 1), "password");
  if (!password) return password.error();
  return Credentials{*std::move(user), *std::move(password)};
}

}  // namespace labnet::client
