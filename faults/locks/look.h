// One look at a program's locks: what its book says it holds, against what the kernel shows.
//
// The program goes on meanwhile, locks and unlocks. So only what stands in the book before and
// after the kernel was asked is judged: that was held, or was lost, all the while.
#ifndef HONKER_FAULTS_LOCKS_LOOK_H_
#define HONKER_FAULTS_LOCKS_LOOK_H_

#include <memory>
#include <string>
#include <vector>

#include "faults/locks/book.h"
#include "faults/locks/kernel_locks.h"
#include "faults/result.h"

namespace faults::locks {

// A lock that is believed in, and the file it is on.
struct Believed {
  BookLock lock;
  BookFile file;
};

struct LookResult {
  int64_t judged = 0;  // locks that were believed in all the while
  int64_t left_out = 0;
  int64_t granted = 0;  // lock calls that succeeded so far
  // Of those judged: what the kernel shows in neither way, and no loss tells of.
  std::vector<Believed> missing;
};

// Any process may read any book; it opens the book once and no database.
class BookReader {
 public:
  // An Error also where there is no book: the program was started without the recorder, or has not
  // come so far.
  [[nodiscard]] static Result<BookReader> Open(const std::string& path);
  BookReader(BookReader&& other) noexcept;
  BookReader& operator=(BookReader&& other) noexcept;
  BookReader(const BookReader&) = delete;
  BookReader& operator=(const BookReader&) = delete;
  ~BookReader();

  [[nodiscard]] pid_t pid() const { return page_->pid; }
  // What is believed in now. Empty where nothing is.
  [[nodiscard]] std::vector<Believed> Locks() const;

  // Looks. A process that is about to end believes in nothing any more; neither does one whose
  // locks cannot be asked for.
  [[nodiscard]] LookResult Look() const;

  // The losses since the last call, in order; where there were more than the book keeps, the last.
  [[nodiscard]] std::vector<BookLoss> NewLosses();

 private:
  explicit BookReader(const BookPage* page) : page_(page) {}
  // `copy` reads from the page; again, where it was written meanwhile.
  template <typename Copy>
  void Whole(Copy copy) const;

  const BookPage* page_;
  uint64_t told_ = 0;
};

// A third way, for a lock that is missing already: whether another process is told by F_GETLK that
// this one holds it after all. Opens the file: a process that holds locks on it must not call this.
[[nodiscard]] bool ToldByGetlk(pid_t pid, const Believed& believed);

}  // namespace faults::locks

#endif  // HONKER_FAULTS_LOCKS_LOOK_H_
