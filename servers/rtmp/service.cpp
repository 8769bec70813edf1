#include "servers/rtmp/service.hpp"

namespace labnet::rtmp_server {

Result<std::shared_ptr<const Service>> Service::make(Config config, Lasting lasting) {
  Service made{std::move(lasting), std::move(config), {}, {}};
  if (made.config.record) {
    auto folder = files::Jail::open(*made.config.record);
    if (!folder) return folder.error();
    made.recordings = *std::move(folder);
  }
  for (const auto& app : made.config.apps) {
    if (!app.files) continue;
    auto folder = files::Jail::open(*app.files);
    if (!folder) return folder.error();
    made.files.emplace(app.name, *std::move(folder));
  }
  return std::make_shared<const Service>(std::move(made));
}

}  // namespace labnet::rtmp_server
