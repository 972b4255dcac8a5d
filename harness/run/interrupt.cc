#include "harness/run/interrupt.h"

#include <signal.h>
#include <unistd.h>

#include <atomic>

#include "harness/base/exit_codes.h"

namespace harness {
namespace {

std::atomic<int> signals_seen{0};
static_assert(std::atomic<int>::is_always_lock_free, "used in a signal handler");

void OnSignal(int) {
  if (signals_seen.fetch_add(1) > 0) _exit(kExitInterrupted);
}

}  // namespace

void WatchForInterrupts() {
  struct sigaction action {};
  action.sa_handler = OnSignal;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  signal(SIGPIPE, SIG_IGN);
}

bool Interrupted() { return signals_seen.load() > 0; }

}  // namespace harness
