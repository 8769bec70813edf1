// For loads that hold more sockets than a process may usually have.
#pragma once

#include <sys/resource.h>

/// As many open files as the system lets this process have.
inline void allow_many_files() {
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
}
