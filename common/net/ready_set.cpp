#include "common/net/ready_set.hpp"

#include <utility>

#include <boost/asio/posix/basic_stream_descriptor.hpp>

namespace labnet::net {

/// The worker's loop waits for the set through this. What waits may be called back after the set has gone.
class ReadySet::Wait : public std::enable_shared_from_this<Wait> {
 public:
  Wait(ReadySet& owner, Worker& worker, FileDescriptor set)
      : owner_{&owner}, descriptor_{worker.executor(), set.get()} {
    set.release();
  }

  int set() { return descriptor_.native_handle(); }
  void begin() {
    descriptor_.async_wait(Descriptor::wait_read, [self = shared_from_this()](const boost::system::error_code& error) {
      if (self->owner_ == nullptr) return;
      self->owner_->is_waiting_ = false;
      if (!error) self->owner_->take_turn();
      self->owner_->wait();
    });
  }
  void cancel() {
    boost::system::error_code ignored;
    descriptor_.cancel(ignored);
  }
  void give_up() {
    owner_ = nullptr;
    boost::system::error_code ignored;
    descriptor_.close(ignored);
  }

 private:
  using Descriptor = asio::posix::basic_stream_descriptor<Executor>;

  ReadySet* owner_;  // nothing once it has gone
  Descriptor descriptor_;
};

Result<std::unique_ptr<ReadySet>> ReadySet::make(Worker& worker) {
  FileDescriptor set{::epoll_create1(EPOLL_CLOEXEC)};
  if (!set) return system_error("cannot make an epoll set");
  return std::unique_ptr<ReadySet>{new ReadySet{worker, std::move(set)}};
}

ReadySet::ReadySet(Worker& worker, FileDescriptor set)
    : wait_{std::make_shared<Wait>(*this, worker, std::move(set))}, on_stop_{worker.on_stop([this] { stop(); })} {}

ReadySet::~ReadySet() {
  wait_->give_up();
}

bool ReadySet::add(int descriptor, Watcher& watcher) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.ptr = &watcher;
  if (::epoll_ctl(wait_->set(), EPOLL_CTL_ADD, descriptor, &event) != 0) return false;
  ++size_;
  wait();
  return true;
}

void ReadySet::remove(int descriptor, Watcher& watcher) {
  if (::epoll_ctl(wait_->set(), EPOLL_CTL_DEL, descriptor, nullptr) != 0) return;
  for (auto& event : left_) {
    if (event.data.ptr == &watcher) event.data.ptr = nullptr;
  }
  if (--size_ == 0) wait_->cancel();
}

void ReadySet::wait() {
  if (is_waiting_ || is_stopped_ || size_ == 0) return;
  is_waiting_ = true;
  wait_->begin();
}

void ReadySet::stop() {
  is_stopped_ = true;
  wait_->cancel();
}

void ReadySet::take_turn() {
  for (int i = 0; i < batches_per_turn_max && !is_stopped_; ++i) {
    if (!call_batch()) return;
  }
}

/// returns  false if nothing was ready
bool ReadySet::call_batch() {
  const auto count = ::epoll_wait(wait_->set(), events_.data(), batch_max, 0);
  if (count <= 0) return false;
  now_ = std::chrono::steady_clock::now();
  left_ = std::span{events_}.first(static_cast<std::size_t>(count));
  while (!left_.empty()) {
    auto* const watcher = static_cast<Watcher*>(left_.front().data.ptr);
    left_ = left_.subspan(1);
    if (watcher != nullptr) watcher->on_ready();
  }
  return true;
}

}  // namespace labnet::net
