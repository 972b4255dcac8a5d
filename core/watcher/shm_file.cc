#include "core/watcher/shm_file.h"

#include <algorithm>

#include "core/watcher/wal_index.h"

namespace honker {

Status ShmFile::Note() {
  const FileSight sight = See(path_);
  if (sight.kind != FileSight::kFound) return Error{1, "the file \"" + path_ + "\" is not there"};
  if (sight.size < kWalIndexRegionBytes) return Error{1, "the file \"" + path_ + "\" is too short"};
  identity_ = sight.identity;
  least_size_ = sight.size;
  noted_ = true;
  return Ok();
}

Look ShmFile::Check() {
  const FileSight sight = See(path_);
  if (sight.kind == FileSight::kUnreadable) return Look::Trouble("-shm cannot be looked at");
  const bool gone = sight.kind == FileSight::kGone;
  if (gone || !(sight.identity == identity_)) {
    return Look::Dead(std::string("honker: WAL-index file ") + (gone ? "is gone" : "replaced") +
                      ": expected (" + identity_.Text() + "), found " +
                      (gone ? "nothing" : "(" + sight.identity.Text() + ")") + " at \"" + path_ +
                      "\". The watcher cannot recover; close the Database and reopen with "
                      "honker.open().");
  }
  if (sight.size < least_size_) {
    // Whoever makes it whole again makes it as long as its content needs.
    least_size_ = kWalIndexRegionBytes;
    return Look::Trouble("-shm was truncated by another program");
  }
  least_size_ = sight.size;
  return {};
}

}  // namespace honker
