// Of a build with LeakSanitizer only. It looks for leaks from a process that it clones; in one that has entered the
// namespaces of a host that clone is born there, does not find its parent and leaves it waiting for ever. Such a
// process, which is not in its own /proc any more, goes without the search.
#include <unistd.h>

extern "C" int __lsan_is_turned_off() {
  return access("/proc/self", F_OK) != 0;
}
