// The memory that the two sides of bench_stepped share: what the watcher's process has seen.
#ifndef BENCH_STEPPED_BOARD_H_
#define BENCH_STEPPED_BOARD_H_

#include <atomic>
#include <cstdint>
#include <string>

namespace bench {

struct Board {
  std::atomic<int64_t> woke_ns;  // when wait() returned for the newest id that was seen
  std::atomic<int64_t> seen_id;  // written after it
};

// Maps `path` for the life of this object, and makes it where it is not there. Ends the process
// where it cannot.
class SharedBoard {
 public:
  explicit SharedBoard(const std::string& path);
  ~SharedBoard();
  SharedBoard(const SharedBoard&) = delete;
  SharedBoard& operator=(const SharedBoard&) = delete;
  Board& operator*() const { return *board_; }
  Board* operator->() const { return board_; }

 private:
  Board* board_;
};

}  // namespace bench

#endif  // BENCH_STEPPED_BOARD_H_
