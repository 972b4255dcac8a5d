#include <cerrno>
#include <cstring>
#include <filesystem>

#include "harness/oracle/refusal.h"
#include "scenarios/index.h"
#include "scenarios/steps.h"

namespace scenarios::wake {
namespace {

namespace fs = std::filesystem;

constexpr int kCommits = 3;
// SQLite takes 512 bytes at most, the name of a sidecar included (MAX_PATHNAME of its os_unix.c).
constexpr size_t kLongest = 500;
constexpr size_t kLongestName = 200;

// Where writers find the database, and how the watcher is told of it.
struct Names {
  std::string writes;
  std::string watches;
  std::string from = {};  // the watcher's folder when it opens; it goes to / afterwards
};

std::string LongPath(std::string folder) {
  const std::string file = "/app.db";
  while (folder.size() + 1 + file.size() < kLongest) {
    const size_t room = kLongest - folder.size() - file.size() - 1;
    folder += "/" + std::string(std::min(room, kLongestName), 'x');
  }
  fs::create_directories(folder);
  return folder + file;
}

Names NamesFor(const Stage& stage) {
  const std::string& path = stage.Axis("path");
  const std::string db = stage.Db();
  if (path == "symlink" || path == "hard_link") return {db, stage.File("other.db")};
  if (path == "symlinked_folder") {
    fs::create_directory(stage.File("house"));
    fs::create_directory_symlink("house", stage.File("door"));
    return {stage.File("house/app.db"), stage.File("door/app.db")};
  }
  if (path == "relative") {
    fs::create_directory(stage.File("below"));
    return {db, "below/../app.db", stage.File("")};
  }
  if (path == "uri") return {db, "file:" + db};
  if (path == "long") return {LongPath(stage.File("deep")), LongPath(stage.File("deep"))};
  const std::string name = path == "non_ascii"
                               ? "B\u00fccher \u2013 \u6570\u636e\u5e93 \U0001f600.db"
                               : "a b%41?c=d#'\"\\;.db";
  return {stage.File(name), stage.File(name)};
}

void Run(Stage& stage) {
  if (!stage.environment().subject.abi) stage.Absent("watcher C ABI");
  const Names names = NamesFor(stage);
  Actor& writer = stage.Start("writer:1");
  writer.Do("open", Value::MakeObject({{"path", names.writes},
                                       {"journal", stage.Axis("journal")},
                                       {"sync", "normal"},
                                       {"create", true}}));
  writer.Do("setup");
  if (stage.Axis("path") == "symlink") fs::create_symlink("app.db", names.watches);
  if (stage.Axis("path") == "hard_link") fs::create_hard_link(names.writes, names.watches);

  Actor& watcher = stage.Start("watcher:1");
  if (!names.from.empty()) watcher.Do("chdir", Value::MakeObject({{"folder", names.from}}));
  const Value watched = watcher.Do(
      "watch", Value::MakeObject({{"path", names.watches}, {"backend", stage.Axis("backend")}}));
  if (watched["outcome"].Text() != "opened") return;
  if (!names.from.empty()) watcher.Do("chdir", Value::MakeObject({{"folder", "/"}}));
  for (int seq = 1; seq <= kCommits; ++seq) CommitAndAwait(writer, watcher, 1, seq);
}

}  // namespace

const Card paths{
    .name = "wake/paths",
    .claims = {"WAKE-PATHS"},
    .situation =
        "The watcher is told of the database by another name than its writers (a symbolic link to "
        "it or to its folder, a hard link, a relative path after which the process changes its "
        "folder, a URI), or both by a name that is as long as SQLite allows, or full of what "
        "programs stumble over.",
    .expectation = "Wakes go on as with the plain path, or open refuses with a reason.",
    .axes = {Backends(),
             {"journal", {"wal"}, {}, {"delete"}},
             {"path",
              {"symlink", "symlinked_folder", "hard_link", "relative", "uri", "long", "non_ascii",
               "odd"}}},
    .roles = {{"writer:1", "commits, stepped"}, {"watcher:1", "one subscriber"}},
    .faults = {"none"},
    .oracles = {{{"refusal", harness::CheckRefusal},
                 "WAKE-PATHS",
                 Value::MakeObject({{"expect", "either"}})}},
    .evidence = "the answer of open, and commits that were seen where a handle was given",
    .limits =
        "A wake that comes too early for its re-read counts as one: whether each commit is seen is "
        "WAKE-SEEN. Names that are not UTF-8 are not tried.",
    .run = Run};

}  // namespace scenarios::wake
