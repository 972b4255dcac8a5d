// Links: a file gets another name, or the database's name is made a link to another file.
//
// SQLite keeps its sidecars beside the name that it was opened by (a symbolic link is followed
// first, a hard link cannot be): two hard links to one database are two -wal files to one content,
// which corrupts it as soon as both are used ("How To Corrupt An SQLite Database File", section
// 2.6).

#ifndef HONKER_FAULTS_FILE_LINKS_H_
#define HONKER_FAULTS_FILE_LINKS_H_

#include <string>

#include "faults/file/identity.h"
#include "faults/file/sidecars.h"
#include "faults/result.h"

namespace faults {

enum class LinkKind { kHard, kSymbolic };

// `name`, where nothing may be, becomes another name of `path`, which must exist. The outcome is
// about `path`: the same file before and after, and a hard link counts in `links`.
//
// Opens nothing: any process may call it.
[[nodiscard]] Result<SwapOutcome> AddLink(const std::string& path, const std::string& name,
                                          LinkKind kind);

struct LinkOverOptions {
  std::string database;          // must exist
  std::string replacement = {};  // stays where it is; both names stand for it afterwards
  SidecarPlan sidecars = SidecarPlan::RemoveAll();  // carried out before the name changes
  LinkKind kind = LinkKind::kHard;
};

// The database's name becomes a link to the replacement, at one moment: `ln -f`, and `ln -sfn` as
// careful deployments do it (a link beside it, renamed over). Through a symbolic link SQLite then
// uses the sidecars of the replacement. On error the name is as it was.
//
// Opens nothing but directories: any process may call it unless the plan says kStaleCopy.
[[nodiscard]] Result<SwapOutcome> LinkOver(const LinkOverOptions& options);

}  // namespace faults

#endif  // HONKER_FAULTS_FILE_LINKS_H_
