// Faults of a whole process: kill, stop, continue, pause, exit without closing, fork without exec.
//
// From outside (a runner): ToProcess. From inside, at a named call: Here, as the preload library
// and whoever else stands at a site does it. Whoever calls writes the ledger first: after Here of a
// kill there is nobody left to write.
//
// No lock is given up but by kill and exit, which release what the process held as its end does;
// the page cache lives, so what was written stays written.
#ifndef HONKER_FAULTS_PROCESS_PROCESS_H_
#define HONKER_FAULTS_PROCESS_PROCESS_H_

#include <sys/types.h>

#include "faults/fault.h"
#include "faults/result.h"

namespace faults::process {

// Does the faults of these kinds mean a process? (kill, stop, continue, pause, exit, fork)
[[nodiscard]] bool IsProcessKind(const Fault& fault);

// kill, stop and continue send their signal and return; pause stops `pid`, waits for_ms and
// continues it, also where the caller is interrupted meanwhile. The others cannot be done from
// outside: an Error says so. ESRCH where there is no such process.
[[nodiscard]] Status ToProcess(const Fault& fault, pid_t pid);

// In the calling process, from any thread:
//   kill      SIGKILL; does not return
//   stop      SIGSTOP to the whole process; returns when somebody has continued it
//   pause     as stop; a helper that is nobody's child continues it after for_ms
//   exit      _exit(code): no destructor, no atexit handler, no buffer is flushed; does not return
//   fork      a child without exec, which holds copies of all descriptors, stays for_ms and goes by
//             _exit; the parent goes on at once and finds no zombie and no SIGCHLD
// continue cannot be done from inside; it and other kinds are an Error, as is a fork that fails.
[[nodiscard]] Status Here(const Fault& fault);

}  // namespace faults::process

#endif  // HONKER_FAULTS_PROCESS_PROCESS_H_
