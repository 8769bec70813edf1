#include "common/rtmp/shared_bytes.hpp"

#include <algorithm>

namespace labnet::rtmp {

SharedBytes SharedBytes::copy_of(Bytes bytes) {
  auto block = new_block(bytes.size());
  std::ranges::copy(bytes, block.get());
  return {std::move(block), bytes.size()};
}

}  // namespace labnet::rtmp
