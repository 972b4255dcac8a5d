// Keeps a lock book: what a granted or returned lock, and a descriptor that is closed, mean for
// what the program believes to hold. No system calls, no locking: the recorder has both.
//
// Whose a lock is, the library that asked for it says (`owner`): two copies of SQLite in one
// process know nothing of each other's locks, and what one of them gives up the other one loses.
#ifndef HONKER_FAULTS_LOCKS_BOOKKEEPER_H_
#define HONKER_FAULTS_LOCKS_BOOKKEEPER_H_

#include <string_view>
#include <vector>

#include "faults/locks/book.h"

namespace faults::locks {

struct Bytes {
  int64_t start = 0;
  int64_t end = 0;  // included
};

class Bookkeeper {
 public:
  explicit Bookkeeper(BookPage& page) : page_(page) {}

  // The file's number, or -1 where no lock on it is believed in.
  [[nodiscard]] int Find(uint64_t dev, uint64_t ino) const;
  // The same, and enters it. -1: the book is full of files.
  int Enter(uint64_t dev, uint64_t ino, std::string_view path);

  // Before a call that makes the owner's locks there weaker: to a read lock (`read`), or none.
  void Weaken(int file, uint64_t owner, Bytes bytes, bool read);
  // After a call was granted.
  void Grant(int file, uint64_t owner, int fd, Bytes bytes, bool write);
  // Locks of others there that are stronger than what the call leaves.
  [[nodiscard]] std::vector<BookLock> OthersStronger(int file, uint64_t owner, Bytes bytes,
                                                     bool read) const;

  // Before a descriptor of the file is closed by that owner: what it took through this very
  // descriptor it gives up.
  void GiveUp(int file, uint64_t owner, int fd);
  // What is believed in on the file and not lost already.
  [[nodiscard]] std::vector<BookLock> Held(int file) const;
  // Marks them, where they still stand there.
  void MarkLost(const std::vector<BookLock>& locks);

 private:
  BookLock* Free();
  void Remove(BookLock& lock);
  // Cuts the bytes out of the owner's locks; with `read` only out of write locks, and they become
  // read locks there.
  void Cut(int file, uint64_t owner, Bytes bytes, bool read);

  BookPage& page_;
};

}  // namespace faults::locks

#endif  // HONKER_FAULTS_LOCKS_BOOKKEEPER_H_
