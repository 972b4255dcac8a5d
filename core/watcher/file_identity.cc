#include "core/watcher/file_identity.h"

#include <sys/stat.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string_view>
#include <system_error>

#include "core/base/system_error.h"

namespace honker {

std::string FileIdentity::Text() const {
  return "dev=" + std::to_string(dev) + ", ino=" + std::to_string(ino);
}

FileSight See(const std::string& path) {
  struct stat status {};
  FileSight sight;
  if (stat(path.c_str(), &status) != 0) {
    sight.errnum = errno;
    // ESTALE: removed on the server of a network file system.
    const bool gone = errno == ENOENT || errno == ENOTDIR || errno == ESTALE;
    sight.kind = gone ? FileSight::kGone : FileSight::kUnreadable;
    return sight;
  }
  sight.kind = FileSight::kFound;
  sight.identity = {static_cast<uint64_t>(status.st_dev), static_cast<uint64_t>(status.st_ino)};
  sight.size = status.st_size;
  sight.regular = S_ISREG(status.st_mode);
  sight.names = status.st_nlink;
  return sight;
}

Result<std::string> ResolveDatabase(const char* path) {
  const std::string_view asked = path == nullptr ? "" : path;
  if (asked.empty() || asked == ":memory:") {
    return Error{
        1, "a database in memory or without a name cannot be watched: no other process sees it"};
  }
  if (asked.substr(0, 5) == "file:") {
    return Error{1, "a file: URI cannot be watched, give the path of the file: \"" +
                        std::string(asked) + "\""};
  }
  const std::unique_ptr<char, void (*)(void*)> resolved(realpath(path, nullptr), std::free);
  if (resolved == nullptr) {
    // The reason first: a path can be longer than the caller's buffer.
    const std::string reason = errno == ENOENT
                                   ? "it does not exist (a watcher never creates one)"
                                   : SystemErrorText("its path cannot be resolved", errno);
    return Error{1, "cannot watch the database: " + reason + ": \"" + std::string(asked) + "\""};
  }
  std::string found = resolved.get();
  const FileSight sight = See(found);
  if (sight.kind != FileSight::kFound || !sight.regular) {
    return Error{1, "cannot watch the database: it is no regular file: \"" + found + "\""};
  }
  return found;
}

std::string AbsoluteName(const char* path) {
  if (path == nullptr || *path == '\0') return "";
  std::error_code failed;
  const std::filesystem::path whole = std::filesystem::absolute(path, failed);
  if (failed) return "";
  // "a/../b" is b only where a is no link, so what is resolved is compared with what is written.
  const std::filesystem::path plain = whole.lexically_normal();
  const std::filesystem::path direct = std::filesystem::weakly_canonical(whole, failed);
  return !failed && direct == plain ? plain.string() : whole.string();
}

std::string ResolveMissing(const char* path) {
  if (path == nullptr) return "";
  std::error_code failed;
  const std::filesystem::path whole = std::filesystem::absolute(path, failed);
  const std::filesystem::path found = std::filesystem::weakly_canonical(whole, failed);
  return failed ? "" : found.string();
}

}  // namespace honker
