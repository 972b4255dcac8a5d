// The file systems that the toolkit can make: file_systems.def as data.

#ifndef HONKER_FAULTS_FS_FILE_SYSTEMS_H_
#define HONKER_FAULTS_FS_FILE_SYSTEMS_H_

#include <cstdint>
#include <string_view>
#include <vector>

namespace faults {

struct FileSystemKind {
  std::string_view name;
  uint64_t magic;       // f_type of statfs(2)
  int64_t default_mib;  // 0: as large as what is below it
  std::string_view program;
  std::string_view package;  // of Debian, that brings the program
  std::string_view summary;
};

[[nodiscard]] const std::vector<FileSystemKind>& AllFileSystems();
[[nodiscard]] std::vector<std::string_view> FileSystemNames();
// Null where there is none of that name.
[[nodiscard]] const FileSystemKind* FindFileSystem(std::string_view name);

}  // namespace faults

#endif  // HONKER_FAULTS_FS_FILE_SYSTEMS_H_
