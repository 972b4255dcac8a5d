#include "faults/file/litestream.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "faults/fs/program.h"

namespace faults {
namespace {

std::string Environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

}  // namespace

Result<std::string> FindLitestream() {
  const auto on_path = FindProgram("litestream", "litestream", Environment("PATH").c_str());
  if (on_path.ok()) return on_path;
  std::string cache = Environment("XDG_CACHE_HOME");
  if (cache.empty()) cache = Environment("HOME") + "/.cache";
  std::string highest;
  std::error_code none;
  for (const auto& entry :
       std::filesystem::directory_iterator(cache + "/honker-harness/tools", none)) {
    if (!entry.path().filename().string().starts_with("litestream-")) continue;
    const auto kept = FindProgram("litestream", "litestream", entry.path().c_str());
    if (!kept.ok()) continue;
    if (highest.empty() || strverscmp(highest.c_str(), kept.value().c_str()) < 0)
      highest = kept.value();
  }
  if (!highest.empty()) return highest;
  return Error{"find litestream", "", ENOENT, "ci/fetch-litestream builds it"};
}

}  // namespace faults
