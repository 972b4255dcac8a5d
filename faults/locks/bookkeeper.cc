#include "faults/locks/bookkeeper.h"

#include <algorithm>
#include <cstring>

namespace faults::locks {
namespace {

bool Meets(const BookLock& lock, Bytes bytes) {
  return lock.start <= bytes.end && bytes.start <= lock.end;
}

}  // namespace

int Bookkeeper::Find(uint64_t dev, uint64_t ino) const {
  for (size_t i = 0; i < kBookFiles; ++i) {
    const BookFile& file = page_.files[i];
    if (file.locks > 0 && file.ino == ino && file.dev == dev) return static_cast<int>(i);
  }
  return -1;
}

int Bookkeeper::Enter(uint64_t dev, uint64_t ino, std::string_view path) {
  const int known = Find(dev, ino);
  if (known >= 0) return known;
  for (size_t i = 0; i < kBookFiles; ++i) {
    BookFile& file = page_.files[i];
    if (file.locks > 0) continue;
    file.dev = dev;
    file.ino = ino;
    const size_t length = std::min(path.size(), sizeof file.path - 1);
    std::memcpy(file.path, path.data(), length);
    file.path[length] = '\0';
    return static_cast<int>(i);
  }
  return -1;
}

BookLock* Bookkeeper::Free() {
  for (BookLock& lock : page_.locks) {
    if (lock.serial == 0) return &lock;
  }
  ++page_.left_out;
  return nullptr;
}

void Bookkeeper::Remove(BookLock& lock) {
  --page_.files[lock.file].locks;
  lock = BookLock();
}

void Bookkeeper::Cut(int file, uint64_t owner, Bytes bytes, bool read) {
  for (BookLock& place : page_.locks) {
    if (place.serial == 0 || place.file != file || place.owner != owner || !Meets(place, bytes) ||
        (read && !place.write)) {
      continue;
    }
    const BookLock whole = place;
    Remove(place);
    // A copy of the lock on other bytes of it: a part is as old as the whole.
    const auto put = [&](int64_t start, int64_t end, bool write) {
      if (start > end) return;
      BookLock* part = Free();
      if (part == nullptr) return;
      *part = whole;
      part->start = start;
      part->end = end;
      part->write = write;
      ++page_.files[file].locks;
    };
    if (whole.start < bytes.start) put(whole.start, bytes.start - 1, whole.write);
    if (whole.end > bytes.end) put(bytes.end + 1, whole.end, whole.write);
    if (read) put(std::max(whole.start, bytes.start), std::min(whole.end, bytes.end), false);
  }
}

void Bookkeeper::Weaken(int file, uint64_t owner, Bytes bytes, bool read) {
  Cut(file, owner, bytes, read);
}

void Bookkeeper::Grant(int file, uint64_t owner, int fd, Bytes bytes, bool write) {
  Cut(file, owner, bytes, /*read=*/false);
  ++page_.granted;
  BookLock* lock = Free();
  if (lock == nullptr) return;
  *lock = BookLock{.serial = page_.granted,
                   .start = bytes.start,
                   .end = bytes.end,
                   .owner = owner,
                   .fd = fd,
                   .file = static_cast<int16_t>(file),
                   .write = write};
  ++page_.files[file].locks;
}

std::vector<BookLock> Bookkeeper::OthersStronger(int file, uint64_t owner, Bytes bytes,
                                                 bool read) const {
  std::vector<BookLock> found = Held(file);
  std::erase_if(found, [&](const BookLock& lock) {
    return lock.owner == owner || !Meets(lock, bytes) || (read && !lock.write);
  });
  return found;
}

void Bookkeeper::GiveUp(int file, uint64_t owner, int fd) {
  for (BookLock& lock : page_.locks) {
    if (lock.serial != 0 && lock.file == file && lock.owner == owner && lock.fd == fd) Remove(lock);
  }
}

std::vector<BookLock> Bookkeeper::Held(int file) const {
  std::vector<BookLock> held;
  for (const BookLock& lock : page_.locks) {
    if (lock.serial != 0 && lock.file == file && !lock.lost) held.push_back(lock);
  }
  return held;
}

void Bookkeeper::MarkLost(const std::vector<BookLock>& locks) {
  for (BookLock& lock : page_.locks) {
    for (const BookLock& lost : locks) {
      if (lock.serial != 0 && lock.serial == lost.serial) lock.lost = true;
    }
  }
}

}  // namespace faults::locks
