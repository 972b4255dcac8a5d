#include "faults/fs/file_systems.h"

namespace faults {

const std::vector<FileSystemKind>& AllFileSystems() {
  static const std::vector<FileSystemKind> kinds = {
#define FILE_SYSTEM(name, magic, default_mib, program, package, summary) \
  {#name, magic, default_mib, program, package, summary},
#include "faults/fs/file_systems.def"
#undef FILE_SYSTEM
  };
  return kinds;
}

std::vector<std::string_view> FileSystemNames() {
  std::vector<std::string_view> names;
  for (const FileSystemKind& kind : AllFileSystems()) names.push_back(kind.name);
  return names;
}

const FileSystemKind* FindFileSystem(std::string_view name) {
  for (const FileSystemKind& kind : AllFileSystems()) {
    if (kind.name == name) return &kind;
  }
  return nullptr;
}

}  // namespace faults
