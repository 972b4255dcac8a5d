// A wall clock that several processes share and one of them moves: in a page of memory that all of
// them map, so that a step is seen by everybody at once.
//
//   auto clock = faults::Clock::Create(dir + "/clock");
//   child's environment: FAULT_CLOCK = dir + "/clock"      (libfault_vfs.so: unixepoch() follows)
//   clock.value().StepMs(31'000);                          a lease of 30 s is over
//   clock.value().Freeze();                                no time passes any more
//
// The file is 64 bytes: the text "faults clock 1\n" and a NUL, then one 64-bit number,
// little-endian: twice the milliseconds, plus 1 where the clock stands. Where it runs they are
// added to the real time; where it stands they are the time, since 1970. So any language that maps
// a file can move the clock, and a page of zeros, an empty file too, is the real time.
//
// What is not covered: sleeps and time-outs, which are monotonic time and go on as they do. Any
// thread and process may call anything; moves are atomic.

#ifndef HONKER_FAULTS_CLOCK_H_
#define HONKER_FAULTS_CLOCK_H_

#include <atomic>
#include <cstdint>
#include <string>

#include "faults/result.h"

namespace faults {

class Clock {
 public:
  // Makes the file; EEXIST where one is there. It goes with this object.
  [[nodiscard]] static Result<Clock> Create(const std::string& path);
  // Another one's clock, or an empty file, which becomes one. ENOENT where there is none, EINVAL
  // where it is something else: that is left alone. The file stays when this object goes.
  [[nodiscard]] static Result<Clock> Attach(const std::string& path);
  // One that only this process sees.
  [[nodiscard]] static Result<Clock> Private();

  Clock(Clock&& other) noexcept;
  Clock& operator=(Clock&& other) noexcept;
  Clock(const Clock&) = delete;
  Clock& operator=(const Clock&) = delete;
  ~Clock();

  // Milliseconds since 1970 by this clock, given those of the real one.
  [[nodiscard]] int64_t At(int64_t real_ms) const;
  [[nodiscard]] int64_t NowMs() const;

  // Forwards or, with a negative number, backwards; a clock that stands goes on standing there.
  void StepMs(int64_t by_ms);
  // Stands from now on, or at a given moment.
  void Freeze();
  void FreezeAtMs(int64_t at_ms);
  // Goes on from where it stands; nothing where it runs.
  void Resume();
  // The real time again.
  void Reset();
  [[nodiscard]] bool frozen() const;

 private:
  Clock(void* page, std::string remove) : page_(page), remove_(std::move(remove)) {}
  static Result<Clock> Map(int fd, const std::string& path, bool remove);
  [[nodiscard]] std::atomic<int64_t>& state() const;

  void* page_;
  std::string remove_;  // the file to remove; empty: none
};

// Milliseconds since 1970, by CLOCK_REALTIME.
[[nodiscard]] int64_t RealTimeMs();

}  // namespace faults

#endif  // HONKER_FAULTS_CLOCK_H_
