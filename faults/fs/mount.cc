#include "faults/fs/mount.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include "faults/fs/file_systems.h"
#include "faults/fs/loop_device.h"

namespace faults {
namespace {

constexpr int64_t kMib = 1 << 20;

Status MakeFolder(const std::string& folder) {
  std::error_code ec;
  std::filesystem::create_directories(folder, ec);
  if (ec) return Error{"make the folder", folder, ec.value(), ""};
  return {};
}

// A folder by a name without any character that means something to somebody.
class Folder {
 public:
  explicit Folder(const std::string& path) : fd_(open(path.c_str(), O_PATH | O_CLOEXEC)) {}
  ~Folder() {
    if (fd_ >= 0) close(fd_);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  [[nodiscard]] std::string name() const { return "/proc/self/fd/" + std::to_string(fd_); }

 private:
  int fd_;
};

// Which mount a folder belongs to; 0 where it cannot be asked.
dev_t DeviceOf(const std::string& folder) {
  struct stat st {};
  return stat(folder.c_str(), &st) == 0 ? st.st_dev : 0;
}

Status MakeSparseFile(const std::string& path, int64_t bytes) {
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) return ErrnoError("create", path);
  Status made;
  if (ftruncate(fd, bytes) != 0) made = ErrnoError("make sparse", path);
  close(fd);
  return made;
}

// Refused by name where it cannot be made here, before anything is touched.
Status CanBeMade(const Fault& fault, const MountPlaces& places) {
  const auto refuse = [&](const std::string& sentence) {
    return Error{"'" + fault.Text() + "'", "", EINVAL, sentence};
  };
  if (fault.kind != "mount") return refuse("this is no mount");
  if (fault.target != "db") return refuse("the target is db: the folder that it lies in");
  if (!fault.Has("fs")) return refuse("'fs' is missing");
  const FileSystemKind& kind = *FindFileSystem(fault.Get("fs"));
  if (fault.Has("size_mib") && kind.default_mib == 0)
    return refuse(std::string(kind.name) + " is as large as what is below it: no size_mib");
  if (kind.name == "two_mounts" && places.second.empty())
    return refuse("two_mounts needs a second folder");
  if (geteuid() != 0) return Error{"'" + fault.Text() + "'", "", EPERM, "needs root"};
  if (!kind.program.empty()) {
    const auto found = FindProgram(std::string(kind.program), std::string(kind.package));
    if (!found.ok()) return found.error();
  }
  return {};
}

Status AppendBoth(Ledger& ledger, const Fault& fault, const Status& done, const std::string& on) {
  const Status written = ledger.Append({.event = done.ok() ? "done" : "failed",
                                        .fault = fault.Text(),
                                        .detail = done.ok() ? on : done.Message()});
  return done.ok() ? written : done;
}

Status Fill(const std::string& folder, int64_t leave_kib) {
  const std::string ballast = folder + "/ballast";
  struct statfs room {};
  if (statfs(folder.c_str(), &room) != 0) return ErrnoError("statfs", folder);
  const int fd = open(ballast.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) return ErrnoError("create", ballast);
  const off_t has = lseek(fd, 0, SEEK_END);
  const off_t block = static_cast<off_t>(room.f_bsize);
  const off_t free_bytes = static_cast<off_t>(room.f_bavail) * block;
  const off_t wanted = has + free_bytes - static_cast<off_t>(leave_kib) * 1024;
  Status filled;
  int failed = 0;
  if (wanted <= has) {
    if (ftruncate(fd, std::max<off_t>(wanted, 0)) != 0) filled = ErrnoError("cut", ballast);
  } else if ((failed = posix_fallocate(fd, has, wanted - has)) != 0) {
    filled = Error{"fill", ballast, failed, ""};
  }
  close(fd);
  return filled;
}

Status Remount(const std::string& folder, bool read_only) {
  unsigned long flags = MS_REMOUNT;
  if (read_only) flags |= MS_RDONLY;
  if (mount(nullptr, folder.c_str(), nullptr, flags, nullptr) == 0) return {};
  Error error = ErrnoError("remount", folder);
  if (error.error == EBUSY) error.extra = "a file is open for writing";
  return error;
}

}  // namespace

Mounted& Mounted::operator=(Mounted&& other) noexcept {
  if (this == &other) return *this;
  Undo();
  places_ = std::move(other.places_);
  mounts_ = std::exchange(other.mounts_, {});
  daemons_ = std::move(other.daemons_);
  return *this;
}

Mounted::~Mounted() { Undo(); }

void Mounted::Undo() {
  // Lazily: a file that is still open somewhere delays the end of the mount, not ours. One that was
  // taken away by an `unmount` is not there any more: EINVAL, as wanted.
  for (; !mounts_.empty(); mounts_.pop_back()) (void)umount2(mounts_.back().c_str(), MNT_DETACH);
  daemons_.clear();
}

std::vector<pid_t> Mounted::Daemons() const {
  std::vector<pid_t> pids;
  for (const Daemon& daemon : daemons_) pids.push_back(daemon.pid());
  return pids;
}

Status Mounted::Attach(const std::string& source, const std::string& folder,
                       const std::string& type, const std::string& options) {
  if (mount(source.c_str(), folder.c_str(), type.c_str(), MS_NODEV | MS_NOSUID, options.c_str()) !=
      0) {
    Error error = ErrnoError("mount " + type + " on", folder);
    if (error.error == ENODEV) error.extra = "needs a kernel with " + type;
    return error;
  }
  mounts_.push_back(folder);
  return {};
}

Status Mounted::MakeImage(const std::string& type, int64_t mib) {
  const std::string image = places_.store + "/image";
  if (Status made = MakeSparseFile(image, mib * kMib); !made.ok()) return made;
  const FileSystemKind& kind = *FindFileSystem(type);
  const auto mkfs = FindProgram(std::string(kind.program), std::string(kind.package));
  Status status = mkfs.ok() ? RunProgram({mkfs.value(), "-q", type == "ext4" ? "-F" : "-f", image})
                            : Status(mkfs.error());
  if (status.ok()) {
    const auto device = LoopDevice::Attach(image);
    status = device.ok() ? Attach(device.value().path(), places_.folder, type, "")
                         : Status(device.error());
  }
  (void)unlink(image.c_str());
  return status;
}

Status Mounted::MakeOverlay(const std::string& size) {
  // The layers that are written lie in memory: an overlay takes no other overlay for them, and that
  // is what the folder itself may lie on.
  const std::string layers = places_.store + "/layers";
  const std::string lower = places_.lower.empty() ? layers + "/lower" : places_.lower;
  if (Status made = MakeFolder(layers); !made.ok()) return made;
  if (Status on = Attach("tmpfs", layers, "tmpfs", size); !on.ok()) return on;
  for (const std::string& folder : {lower, layers + "/upper", layers + "/work"}) {
    if (Status made = MakeFolder(folder); !made.ok()) return made;
  }
  // Named by descriptors: a comma or a colon of a path would be read as the next option, or layer.
  const Folder below(lower), upper(layers + "/upper"), work(layers + "/work");
  return Attach(
      "overlay", places_.folder, "overlay",
      "lowerdir=" + below.name() + ",upperdir=" + upper.name() + ",workdir=" + work.name());
}

Status Mounted::MakeFuse(const std::string& folder, const std::vector<std::string>& options) {
  const std::string below = places_.store + "/below";
  if (Status made = MakeFolder(below); !made.ok()) return made;
  const auto program = FindProgram("bindfs", "bindfs");
  if (!program.ok()) return program.error();
  std::vector<std::string> words = {program.value(), "-f"};
  words.insert(words.end(), options.begin(), options.end());
  words.insert(words.end(), {below, folder});
  const dev_t before = DeviceOf(folder);
  auto daemon = Daemon::Start(words);
  if (!daemon.ok()) return daemon.error();
  daemons_.push_back(std::move(daemon).value());
  // It is there when the folder is of another device, or never when the program has ended.
  for (dev_t now = before; now == before || now == 0; now = DeviceOf(folder)) {
    if (Status there = daemons_.back().StillThere(); !there.ok()) return there;
    usleep(1000);
  }
  mounts_.push_back(folder);
  return {};
}

Status Mounted::Make(const Fault& fault) {
  const std::string name = fault.Get("fs");
  const int64_t mib = fault.GetInt("size_mib", FindFileSystem(name)->default_mib);
  const std::string size = "mode=0755,size=" + std::to_string(mib) + "m";
  for (const std::string& folder : {places_.folder, places_.store}) {
    if (Status made = MakeFolder(folder); !made.ok()) return made;
  }
  if (name == "tmpfs") return Attach("tmpfs", places_.folder, "tmpfs", size);
  if (name == "overlay") return MakeOverlay(size);
  if (name == "ext4" || name == "xfs" || name == "btrfs") return MakeImage(name, mib);
  std::vector<std::string> options;
  if (name == "fuse_direct_io") options = {"-o", "direct_io"};
  // bindfs can pass locks through only where it answers several calls at once.
  if (name == "fuse_locks") options = {"--multithreaded", "--enable-lock-forwarding"};
  // What one mount knows of a file it knows for good: a network file system asks again after some
  // seconds or a minute, and then what happens would depend on how fast a machine is.
  if (name == "two_mounts") options = {"-o", "attr_timeout=86400,entry_timeout=86400"};
  if (Status first = MakeFuse(places_.folder, options); !first.ok()) return first;
  if (name != "two_mounts") return {};
  if (Status made = MakeFolder(places_.second); !made.ok()) return made;
  return MakeFuse(places_.second, options);
}

Result<Mounted> Mount(const Fault& fault, const MountPlaces& places, Ledger& ledger) {
  if (Status can = CanBeMade(fault, places); !can.ok()) return can.error();
  const Status fired =
      ledger.Append({.event = "fired", .fault = fault.Text(), .detail = places.folder});
  if (!fired.ok()) return fired.error();
  Mounted mounted;
  mounted.places_ = places;
  const Status made = AppendBoth(ledger, fault, mounted.Make(fault), places.folder);
  if (!made.ok()) return made.error();
  return mounted;
}

Status ApplyMountFault(const Fault& fault, const std::string& folder, Ledger& ledger) {
  const auto refuse = [&](const std::string& sentence) {
    return Error{"'" + fault.Text() + "'", "", EINVAL, sentence};
  };
  if (fault.target != "db") return refuse("the target is db: the folder that it lies in");
  if (fault.kind == "remount" && !fault.Has("read_only")) return refuse("'read_only' is missing");
  if (fault.kind == "fill" && !fault.Has("leave_kib")) return refuse("'leave_kib' is missing");
  if (fault.kind != "unmount" && fault.kind != "remount" && fault.kind != "fill")
    return refuse("this is nothing that happens to a mount");
  if (Status fired = ledger.Append({.event = "fired", .fault = fault.Text(), .detail = folder});
      !fired.ok())
    return fired;
  Status done;
  if (fault.kind == "fill") {
    done = Fill(folder, fault.GetInt("leave_kib", 0));
  } else if (fault.kind == "remount") {
    done = Remount(folder, fault.Get("read_only") == "yes");
  } else if (umount2(folder.c_str(), MNT_DETACH) != 0) {
    done = ErrnoError("unmount", folder);
  }
  return AppendBoth(ledger, fault, done, folder);
}

bool IsMountFault(const Fault& fault) {
  for (const char* kind : {"mount", "unmount", "remount", "fill"}) {
    if (fault.kind == kind) return true;
  }
  return false;
}

Result<uint64_t> FileSystemMagic(const std::string& folder) {
  struct statfs st {};
  if (statfs(folder.c_str(), &st) != 0) return ErrnoError("statfs", folder);
  return static_cast<uint64_t>(st.f_type) & 0xFFFFFFFF;
}

}  // namespace faults
