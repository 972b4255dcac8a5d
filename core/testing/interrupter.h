// sqlite3_interrupt() in the middle of a call, at a chosen step.
#ifndef CORE_TESTING_INTERRUPTER_H_
#define CORE_TESTING_INTERRUPTER_H_

#include <sqlite3.h>

namespace honker::testing {

// For as long as it lives, interrupts the connection as another thread would when SQLite's virtual
// machine takes its nth step from now on, those of statements inside SQL functions included.
class Interrupter {
 public:
  Interrupter(sqlite3* db, int nth) : db_(db), left_(nth) {
    sqlite3_progress_handler(db, 1, Step, this);
  }
  ~Interrupter() { sqlite3_progress_handler(db_, 0, nullptr, nullptr); }
  Interrupter(const Interrupter&) = delete;
  Interrupter& operator=(const Interrupter&) = delete;

  // Whether that step has come. (Newer SQLites ask while preparing too: then without effect.)
  bool fired() const { return left_ <= 0; }

 private:
  static int Step(void* self) {
    auto* interrupter = static_cast<Interrupter*>(self);
    if (--interrupter->left_ == 0) sqlite3_interrupt(interrupter->db_);
    return 0;
  }

  sqlite3* db_;
  int left_;
};

}  // namespace honker::testing

#endif  // CORE_TESTING_INTERRUPTER_H_
