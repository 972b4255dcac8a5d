// Ctrl-C and SIGTERM: noticed once, asked for everywhere.
#ifndef HARNESS_RUN_INTERRUPT_H_
#define HARNESS_RUN_INTERRUPT_H_

namespace harness {

// Installs handlers for SIGINT and SIGTERM; a second signal ends the process at once (the guardian
// then cleans up). Also ignores SIGPIPE.
void WatchForInterrupts();
bool Interrupted();

}  // namespace harness

#endif  // HARNESS_RUN_INTERRUPT_H_
