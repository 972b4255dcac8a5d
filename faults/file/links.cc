#include "faults/file/links.h"

#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include "faults/file/posix.h"
#include "faults/file/rename_over.h"

namespace faults {
namespace {

// A symbolic link's text is read from where the link is, so it is made absolute.
Status MakeLink(const std::string& path, const std::string& name, LinkKind kind) {
  if (kind == LinkKind::kHard) {
    if (link(path.c_str(), name.c_str()) != 0) return ErrnoError("link " + name + " to", path);
    return {};
  }
  std::error_code failed;
  const std::string target = std::filesystem::absolute(path, failed).string();
  if (failed) return Error{"make absolute", path, failed.value(), ""};
  if (symlink(target.c_str(), name.c_str()) != 0) return ErrnoError("symlink to " + target, name);
  return {};
}

Status MustExist(const char* what, const std::string& path) {
  const auto identity = IdentityOf(path);
  if (!identity.ok()) return identity.error();
  if (!identity.value().exists) return Error{what, path, ENOENT, ""};
  return {};
}

}  // namespace

Result<SwapOutcome> AddLink(const std::string& path, const std::string& name, LinkKind kind) {
  if (Status there = MustExist("link", path); !there.ok()) return there.error();
  const auto before = IdentityOf(path);
  if (!before.ok()) return before.error();
  if (Status made = MakeLink(path, name, kind); !made.ok()) return made.error();
  const auto after = IdentityOf(path);
  if (!after.ok()) return after.error();
  return SwapOutcome{before.value(), after.value()};
}

Result<SwapOutcome> LinkOver(const LinkOverOptions& options) {
  for (const std::string& path : {options.database, options.replacement}) {
    if (Status there = MustExist("link over", path); !there.ok()) return there.error();
  }
  const std::string scratch = ScratchNameBeside(options.database);
  if (Status made = MakeLink(options.replacement, scratch, options.kind); !made.ok())
    return made.error();
  auto outcome = RenameOver(
      {.database = options.database, .replacement = scratch, .sidecars = options.sidecars});
  // Two names of one file: rename(2) does nothing then, and the scratch name is still there.
  (void)RemoveIfThere(scratch);
  return outcome;
}

}  // namespace faults
