#include "faults/file/identity.h"

#include <sys/stat.h>

#include <cerrno>

namespace faults {

std::string FileIdentity::Text() const {
  if (!exists) return "(absent)";
  return "(dev=" + std::to_string(dev) + ", ino=" + std::to_string(ino) + ")";
}

Result<FileIdentity> IdentityOf(const std::string& path) {
  struct stat st {};
  if (stat(path.c_str(), &st) != 0) {
    if (errno == ENOENT || errno == ENOTDIR) return FileIdentity{};
    return ErrnoError("stat", path);
  }
  return FileIdentity{true, st.st_dev, st.st_ino, st.st_size, st.st_nlink};
}

}  // namespace faults
