#include "harness/actor/sites.h"

#include <fiu.h>

#include <cstdio>

namespace harness::actor {

void Reach(const char* site, const std::string& op) {
  const std::string name = std::string(site) + "." + op;
  if (fiu_fail(name.c_str()) == 0) return;
  std::fprintf(stderr,
               "honker-actor: %s is a moment and cannot fail: the error is left out (kill, stop, "
               "pause, exit, fork and delay work there)\n",
               name.c_str());
}

}  // namespace harness::actor
