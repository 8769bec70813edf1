#include "servers/rtmp/service.hpp"

namespace labnet::rtmp_server {

Result<std::shared_ptr<const Service>> Service::make(Config config, std::shared_ptr<Streams> streams) {
  Service made{.config = std::move(config), .streams = std::move(streams), .recordings = {}};
  if (made.config.record) {
    auto folder = files::Jail::open(*made.config.record);
    if (!folder) return folder.error();
    made.recordings = *std::move(folder);
  }
  return std::make_shared<const Service>(std::move(made));
}

}  // namespace labnet::rtmp_server
