#include "faults/file/posix.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <vector>

namespace faults {
namespace {

// Closes on every way out. close(2) is where the locks of the process go: see the header.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int get() const { return fd_; }
  [[nodiscard]] bool ok() const { return fd_ >= 0; }

 private:
  int fd_;
};

// Bytes copied, or an Error.
Result<int64_t> CopyBytes(int from, const std::string& from_path, int to,
                          const std::string& to_path) {
  std::vector<char> buffer(1 << 16);
  int64_t total = 0;
  for (;;) {
    const ssize_t got = read(from, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return ErrnoError("read", from_path);
    if (got == 0) return total;
    for (ssize_t done = 0; done < got;) {
      const ssize_t put = write(to, buffer.data() + done, got - done);
      if (put < 0 && errno == EINTR) continue;
      if (put < 0) return ErrnoError("write", to_path);
      done += put;
    }
    total += got;
  }
}

}  // namespace

Status CopyToNewFile(const std::string& from, const std::string& to) {
  Descriptor in(open(from.c_str(), O_RDONLY | O_CLOEXEC));
  if (!in.ok()) return ErrnoError("open", from);
  struct stat st {};
  if (fstat(in.get(), &st) != 0) return ErrnoError("stat", from);
  Descriptor out(open(to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, st.st_mode & 0777));
  if (!out.ok()) return ErrnoError("create", to);
  const auto copied = CopyBytes(in.get(), from, out.get(), to);
  if (!copied.ok()) {
    unlink(to.c_str());
    return copied.error();
  }
  // The umask must not make the new file less usable than the old one was.
  if (fchmod(out.get(), st.st_mode & 0777) != 0 || fsync(out.get()) != 0) {
    const Error error = ErrnoError("chmod or sync", to);
    unlink(to.c_str());
    return error;
  }
  return {};
}

Status CopyOverExisting(const std::string& from, const std::string& to) {
  Descriptor in(open(from.c_str(), O_RDONLY | O_CLOEXEC));
  if (!in.ok()) return ErrnoError("open", from);
  Descriptor out(open(to.c_str(), O_WRONLY | O_CLOEXEC));
  if (!out.ok()) return ErrnoError("open for writing", to);
  const auto copied = CopyBytes(in.get(), from, out.get(), to);
  if (!copied.ok()) return copied.error();
  if (ftruncate(out.get(), copied.value()) != 0) return ErrnoError("truncate", to);
  if (fsync(out.get()) != 0) return ErrnoError("sync", to);
  return {};
}

Result<std::string> ReadStart(const std::string& path, size_t count) {
  Descriptor in(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!in.ok()) return ErrnoError("open", path);
  std::string bytes(count, '\0');
  size_t total = 0;
  while (total < count) {
    const ssize_t got =
        pread(in.get(), bytes.data() + total, count - total, static_cast<off_t>(total));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return ErrnoError("read", path);
    if (got == 0) break;
    total += static_cast<size_t>(got);
  }
  bytes.resize(total);
  return bytes;
}

Status WriteInside(const std::string& path, int64_t offset, const std::string& bytes) {
  Descriptor out(open(path.c_str(), O_WRONLY | O_CLOEXEC));
  if (!out.ok()) return ErrnoError("open for writing", path);
  for (size_t done = 0; done < bytes.size();) {
    const ssize_t put = pwrite(out.get(), bytes.data() + done, bytes.size() - done,
                               offset + static_cast<int64_t>(done));
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return ErrnoError("write", path);
    done += static_cast<size_t>(put);
  }
  if (fsync(out.get()) != 0) return ErrnoError("sync", path);
  return {};
}

Status Rename(const std::string& from, const std::string& to) {
  if (rename(from.c_str(), to.c_str()) != 0) return ErrnoError("rename to " + to, from);
  return {};
}

Status RemoveIfThere(const std::string& path) {
  if (unlink(path.c_str()) != 0 && errno != ENOENT) return ErrnoError("unlink", path);
  return {};
}

Status SyncDirectoryOf(const std::string& path) {
  const std::string directory = DirectoryOf(path);
  Descriptor fd(open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd.ok()) return ErrnoError("open directory", directory);
  if (fsync(fd.get()) != 0) return ErrnoError("sync directory", directory);
  return {};
}

std::string DirectoryOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

std::string ScratchNameBeside(const std::string& path) {
  static std::atomic<uint64_t> counter{0};
  return path + ".faults-" + std::to_string(getpid()) + "-" + std::to_string(++counter);
}

}  // namespace faults
