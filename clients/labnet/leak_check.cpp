// Of a build with LeakSanitizer only. It looks for leaks from a process that it clones; in one that has entered the
// namespaces of a host that clone is born there, does not find its parent and leaves it waiting for ever. Such a
// process goes without the search.
#include <sys/stat.h>

extern "C" int __lsan_is_turned_off() {
  struct stat own {};
  struct stat of_children {};
  // It is in no /proc of the host's, if the host has one of its own.
  const auto is_seen =
      stat("/proc/self/ns/pid", &own) == 0 && stat("/proc/self/ns/pid_for_children", &of_children) == 0;
  return !is_seen || own.st_ino != of_children.st_ino ? 1 : 0;
}
