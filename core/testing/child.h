// A piece of a test in a process of its own.
#ifndef CORE_TESTING_CHILD_H_
#define CORE_TESTING_CHILD_H_

#include <sys/types.h>

#include <functional>

namespace honker::testing {

// Forks; the child runs `work` and ends without a return into the test. The caller must not have
// opened a database or started a thread yet, unless the fork itself is under test.
pid_t StartChild(const std::function<int()>& work);

// The exit code of the child; 128 + n where signal n ended it.
int ExitCode(pid_t child);

inline int RunInChild(const std::function<int()>& work) { return ExitCode(StartChild(work)); }

}  // namespace honker::testing

#endif  // CORE_TESTING_CHILD_H_
