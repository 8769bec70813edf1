#include "common/net/aside.hpp"

#include <utility>

namespace labnet::net {

Aside::Aside(Runtime& runtime)
    : worker_{static_cast<unsigned>(runtime.workers().size()), helpers_}, on_end_{runtime.on_end([this] { end(); })} {}

Aside::~Aside() {
  end();
}

void Aside::begin() {
  thread_.emplace([this] { worker_.run(drain); });
}

void Aside::end() {
  if (std::exchange(has_ended_, true)) return;
  if (thread_) worker_.post([this] { worker_.stop(); });
  thread_.reset();
  worker_.context_.destroy_tasks();
}

}  // namespace labnet::net
