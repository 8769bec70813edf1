// Times for tests, written as people write them.
#pragma once

#include "common/ftp/calendar.hpp"

namespace labnet::ftp {

inline FileTime moment(int year, unsigned month, unsigned day, unsigned hour = 0, unsigned minute = 0,
                       unsigned second = 0) {
  return file_time({year, month, day, hour, minute, second}).value();
}

}  // namespace labnet::ftp
