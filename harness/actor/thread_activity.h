// Evidence that a thread of this process was awake: its voluntary context switches, as the kernel
// counts them in /proc/self/task/<tid>/status. A watcher thread that sleeps between its looks gains
// one a look.
#ifndef HARNESS_ACTOR_THREAD_ACTIVITY_H_
#define HARNESS_ACTOR_THREAD_ACTIVITY_H_

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>

namespace harness::actor {

// Looks of the watcher that must have passed before silence means something: the first may have
// begun before the question, the second is a whole one, the third forgives a look that met BUSY.
inline constexpr int64_t kLooksForQuiet = 3;
// Rounds of rest that must have passed as well: a chain of threads in a subject is not taken to be
// longer.
inline constexpr int64_t kRestsForQuiet = 4;

// The threads of this process, now.
std::set<pid_t> ThreadIds();

// Voluntary context switches of one thread; -1 where it is gone.
int64_t VoluntarySwitches(pid_t tid);

// How long one thread has been on a processor; 0 where it is gone or the kernel does not say.
int64_t CpuTimeNs(pid_t tid);

// How often a thread that looks at that database goes to sleep for each look, at most: once, to
// rest; but where the file system is a program (FUSE) or another machine, each call that it has to
// answer is a sleep as well.
int64_t SleepsOfALook(const std::string& path);

// Counts the looks of a set of threads from the moment it was made.
class LookCounter {
 public:
  explicit LookCounter(const std::set<pid_t>& threads, int64_t sleeps_of_a_look = 1);
  // How often the busiest of the threads must have looked since then, by its sleeps. (A subject may
  // keep helper threads that sleep for ever; one that looks is enough.)
  int64_t Looks() const;
  // Those of the threads that are over.
  std::set<pid_t> Gone() const;

 private:
  int64_t sleeps_of_a_look_;
  std::map<pid_t, int64_t> start_;
};

// Counts rounds of rest of a set of threads: a round is over when each of them that was at work
// when it began (running, or kept by the kernel) has gone to sleep since. A subject may hand an
// event from one thread to the next; after as many rounds as the chain has threads all that was on
// its way has arrived. One thread uses an object.
class RestCounter {
 public:
  explicit RestCounter(std::set<pid_t> threads) : threads_(std::move(threads)) { Begin(); }
  // To be asked often: each question ends one round at most.
  int64_t Rounds();

 private:
  void Begin();

  std::set<pid_t> threads_;
  std::map<pid_t, int64_t> at_work_;  // since the round began, with their switches then
  int64_t rounds_ = 0;
};

}  // namespace harness::actor

#endif  // HARNESS_ACTOR_THREAD_ACTIVITY_H_
