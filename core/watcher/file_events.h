// The file events of one database: inotify on its directory, the database itself, -wal and
// -journal.
//
// What an event says: something is being written, or was. It comes before the commit is visible
// (in WAL the frames are written before the WAL-index says so, through mmap, without an event; in
// the rollback modes before the lock is given up); it also comes for what is rolled back; and the
// kernel may drop it.
//
// What is left out, so that reading can never wake the reader for ever: a consumer that opens a
// connection for each re-read creates and removes an empty -wal and a -shm each time. So a new -wal
// counts only when it holds something by the time it is watched, a removed one not at all (the
// checkpoint before it wrote the database), and -shm never: it is written through mmap, what raises
// an event there is the first connection setting its size. Attributes (chmod, touch, and SQLite's
// own chown of a new journal when it runs as root) are no writes.
//
// Order matters: the directory is watched first, so a sidecar that appears while the others are
// being added is announced; and after a new sidecar's watch is in place its content is looked at,
// so what was written before it is not missed. The database has a watch of its own, by inode: a
// write through a hard link in another directory is seen too.
#ifndef CORE_WATCHER_FILE_EVENTS_H_
#define CORE_WATCHER_FILE_EVENTS_H_

#include <string>
#include <string_view>

#include "core/base/result.h"

struct inotify_event;

namespace honker {

// What has come since the last Take().
struct FileNews {
  bool any = false;       // something was read, of whatever file
  bool written = false;   // something of this database was written, came or went
  bool overflow = false;  // the kernel dropped events; the watches have been added again
  bool lost = false;      // a watch is gone, or its directory was moved: Start() again
  std::string problem;    // a watch that is missing now, or why nothing can be read
};

class FileEvents {
 public:
  // `path` is resolved (file_identity.h).
  explicit FileEvents(const std::string& path) : path_(path), slash_(path.rfind('/')) {}
  ~FileEvents();
  FileEvents(const FileEvents&) = delete;
  FileEvents& operator=(const FileEvents&) = delete;

  // Adds the watches: what happens after the return is told. To be called again after `lost`.
  Status Start();

  // Takes all that has come, without blocking. One thread at a time.
  FileNews Take();

  // Readable when there is something to take.
  int descriptor() const { return descriptor_; }

 private:
  std::string WatchFile(const char* suffix);
  std::string WatchSidecars();
  void Watch(const char* suffix, FileNews* news);
  void Consider(const inotify_event& event, FileNews* news);
  void ConsiderEntry(std::string_view name, bool appeared, FileNews* news);

  const std::string path_;
  const size_t slash_;
  int descriptor_ = -1;
  int directory_ = -1;
  int database_ = -1;
};

// Why the file system under `path` keeps some writes from inotify: those of other machines, or of
// other mounts of the same FUSE file system. "" where every write of this machine raises its event.
std::string WhyEventsAreMissing(const std::string& path);

}  // namespace honker

#endif  // CORE_WATCHER_FILE_EVENTS_H_
