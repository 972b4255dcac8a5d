// The page on which a program's POSIX locks are written down as its SQLite believes to hold them:
// what the recorder (recorder.cc) writes and everybody else may read, through a shared mapping.
//
// A lock stands in the book from when fcntl has granted it until SQLite gives it up: the entry goes
// before the call that gives up, and comes after the call that grants. So whatever stands there is
// held, or was taken away behind SQLite's back. That is all the book says; what the kernel thinks
// is for a reader to ask (look.h).
//
// One process writes a book. A reader copies it whole: `sequence` is odd while it is written, and
// another one after it was.
#ifndef HONKER_FAULTS_LOCKS_BOOK_H_
#define HONKER_FAULTS_LOCKS_BOOK_H_

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace faults::locks {

inline constexpr uint64_t kBookMagic = 0x31304b4f4f424b4c;  // "LKBOOK01"
inline constexpr size_t kBookLocks = 192;
inline constexpr size_t kBookFiles = 48;
inline constexpr size_t kBookLosses = 8;

// An inode that carries locks, or did.
struct BookFile {
  uint64_t dev = 0;
  uint64_t ino = 0;
  int32_t locks = 0;  // entries; a file without any gives its place to another
  char path[244] = {};
};

// A lock on bytes start..end, both included; INT64_MAX: to the end of every file.
struct BookLock {
  uint64_t serial = 0;  // of the call that was granted, parts of one lock share it; 0: a free place
  int64_t start = 0;
  int64_t end = 0;
  uint64_t owner = 0;  // where the library or program is loaded that took it; 0: unknown
  int32_t fd = -1;     // through which descriptor
  int16_t file = 0;    // of BookPage::files
  bool write = false;
  bool lost = false;  // one of the losses was about it
};

// Locks that a call released though the one who took them had not asked for it.
struct BookLoss {
  int64_t t_ns = 0;  // CLOCK_MONOTONIC, when the call had returned
  int32_t tid = 0;
  bool seen = false;  // /proc/locks showed them before the call and not afterwards
  char thread[16] = {};
  char call[64] = {};     // "close(9)"
  char caller[240] = {};  // "/usr/lib/libx.so+0x1234 (symbol)"
  char stack[2048] = {};  // callers, the innermost first, one a line
  BookFile file;
  int32_t locks = 0;  // how many; the first of them are in `lock`
  BookLock lock[8];
};

struct BookPage {
  uint64_t magic = kBookMagic;
  std::atomic<uint64_t> sequence{0};
  int32_t pid = 0;
  int32_t left_out = 0;  // locks that found no place: nothing is known of them
  uint64_t granted = 0;  // lock calls that succeeded: the last serial
  uint64_t losses = 0;   // ever; number n is at loss[n % kBookLosses]
  BookFile files[kBookFiles];
  BookLock locks[kBookLocks];
  BookLoss loss[kBookLosses];
};

}  // namespace faults::locks

#endif  // HONKER_FAULTS_LOCKS_BOOK_H_
