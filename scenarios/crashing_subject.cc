// A subject that dies when it is loaded, before anything is asked of it: for tests of what is said
// of such a one.
#include <cstdlib>

extern "C" __attribute__((visibility("default"))) int sqlite3_extension_init(void*, char**,
                                                                             const void*) {
  std::abort();
}
