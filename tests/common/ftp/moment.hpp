// Times for tests, written as people write them.
#pragma once

#include "common/base/calendar.hpp"

namespace labnet::ftp {

inline FileTime moment(int year, unsigned month, unsigned day, unsigned hour = 0, unsigned minute = 0,
                       unsigned second = 0) {
  return time_of({year, month, day, hour, minute, second}).value();
}

}  // namespace labnet::ftp
