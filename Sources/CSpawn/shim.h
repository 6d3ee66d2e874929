// What Swift's Glibc leaves out of spawn.h, because it is an extension (glibc 2.34).
#include <spawn.h>

extern int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int from);
