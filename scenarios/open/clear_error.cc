#include "harness/oracle/clear_error.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "scenarios/index.h"
#include "scenarios/steps.h"

namespace scenarios::open {
namespace {

namespace fs = std::filesystem;

using enum fs::perms;

// Long enough for a call that is not kept out, short for one that is.
constexpr int64_t kBusyMs = 100;

struct Place {
  const char* name;
  bool file = true;           // there is one, made by SQLite
  const char* uri = "";       // what follows the path
  const char* lock = "";      // what holder:1 begins
  fs::perms file_mode = all;  // what an ordinary user may do; all: it is not about permissions
  fs::perms folder_mode = all;
  std::vector<Value> words = {};  // of which a clear error has one
};

const std::vector<Place>& Places() {
  static const std::vector<Value> kReadOnly = {"readonly", "read-only", "read only"};
  static const std::vector<Value> kLocked = {"locked", "busy"};
  static const std::vector<Value> kUnable = {"unable to open", "permission", "no such file"};
  static const std::vector<Value> kReadOnlyFolder = {"readonly", "read-only", "read only",
                                                     "unable to open", "permission"};
  static const std::vector<Place> kPlaces = {
      {.name = "missing", .file = false, .words = kUnable},
      {.name = "directory", .file = false, .words = kUnable},
      {.name = "not_a_database", .file = false, .words = {"not a database"}},
      {.name = "no_permission", .file_mode = none, .words = kUnable},
      {.name = "read_only", .uri = "?mode=ro", .words = kReadOnly},
      {.name = "read_only_file",
       .file_mode = owner_read | group_read | others_read,
       .words = kReadOnly},
      {.name = "read_only_folder",
       .file_mode =
           owner_read | owner_write | group_read | group_write | others_read | others_write,
       .folder_mode = owner_read | owner_exec | group_read | group_exec | others_read | others_exec,
       .words = kReadOnlyFolder},
      {.name = "write_locked", .lock = "BEGIN IMMEDIATE", .words = kLocked},
      {.name = "locked_for_all", .lock = "BEGIN EXCLUSIVE", .words = kLocked},
  };
  return kPlaces;
}

// A place and, where it has a database, which tables are there: none, the one that loading makes,
// all. "read_only.loading".
const std::vector<std::string>& Tables() {
  static const std::vector<std::string> kTables = {"none", "loading", "all"};
  return kTables;
}

harness::Axis Names() {
  harness::Axis axis{"place", {}};
  for (const Place& place : Places()) {
    if (!place.file) axis.values.emplace_back(place.name);
    for (const std::string& tables : Tables()) {
      if (place.file) axis.values.push_back(place.name + ("." + tables));
    }
  }
  return axis;
}

// Name, size and sum of every file. What is in a -shm says who reads at the moment: its size alone.
Value Listed(const fs::path& folder) {
  Value files = Value::MakeObject();
  std::vector<fs::path> paths;
  for (const auto& entry : fs::directory_iterator(folder)) paths.push_back(entry.path());
  std::ranges::sort(paths);
  for (const fs::path& path : paths) {
    std::stringstream bytes;
    if (fs::is_regular_file(path)) bytes << std::ifstream(path, std::ios::binary).rdbuf();
    const std::string text = bytes.str();
    const bool shared_memory = path.string().ends_with("-shm");
    const auto sum = static_cast<int64_t>(shared_memory ? 0 : std::hash<std::string>{}(text));
    files.Set(path.filename().string(), Value::MakeObject({{"size", text.size()}, {"sum", sum}}));
  }
  return files;
}

// The folder and its database, until the end of the situation; then whoever owns them may remove
// them.
class Scene {
 public:
  Scene(Stage& stage, const Place& place, std::string tables)
      : stage_(stage),
        place_(place),
        tables_(std::move(tables)),
        folder_(stage.File("place")),
        db_(folder_ / "app.db") {
    fs::create_directory(folder_);
  }
  ~Scene() {
    std::error_code ignored;
    fs::permissions(folder_, owner_all, ignored);
  }
  Scene(const Scene&) = delete;
  Scene& operator=(const Scene&) = delete;

  void Make() {
    if (place_.file) {
      Actor& maker = stage_.Start("maker:1");
      const bool loaded = tables_ != "none";
      maker.Do("open", Value::MakeObject({{"path", db_.string()},
                                          {"journal", stage_.Axis("journal")},
                                          {"create", true},
                                          {"load", loaded}}));
      Exec(maker, "CREATE TABLE application_table(x)");
      if (tables_ == "all") Exec(maker, "SELECT honker_bootstrap()");
      stage_.Quit(maker);
      if (place_.lock[0] != '\0') {
        Actor& holder = stage_.Start("holder:1");
        holder.Do("open", Value::MakeObject({{"path", db_.string()}}));
        Exec(holder, place_.lock);
        Exec(holder, "INSERT INTO application_table VALUES (1)");
      }
      if (place_.file_mode != all) fs::permissions(db_, place_.file_mode);
    } else if (std::string(place_.name) == "directory") {
      fs::create_directory(db_);
    } else if (std::string(place_.name) == "not_a_database") {
      std::ofstream(db_) << std::string(8192, 'x');
    }
    fs::permissions(folder_, place_.folder_mode);
  }

  // Somebody to whom the permissions apply.
  Actor& StartUser(const std::string& process) {
    Actor& user = stage_.Start(process);
    if (place_.file_mode == all && place_.folder_mode == all) return user;
    // The library is opened before: the folder that it is in may be closed to an ordinary user.
    user.Do("load", Value::MakeObject({{"library", stage_.environment().subject.path}}));
    const Value became = user.Do("become", Value::MakeObject({{"reach", folder_.string()}}));
    if (!became["reaches"].Bool())
      stage_.Skip("an ordinary user cannot go into the folder of the databases");
    return user;
  }

  Value OpenArguments(bool load) const {
    const std::string uri = *place_.uri ? "file:" + db_.string() + place_.uri : db_.string();
    return Value::MakeObject({{"path", uri}, {"busy_ms", kBusyMs}, {"load", load}});
  }

  // What may stand in an error without saying anything.
  Value Paths() const {
    return Value::MakeArray().Append(db_.string()).Append(stage_.environment().subject.path);
  }

  void RecordFolder() { stage_.Record("folder", Value::MakeObject({{"files", Listed(folder_)}})); }

  static void Exec(Actor& actor, const std::string& sql) {
    actor.Do("exec", Value::MakeObject({{"sql", sql}}));
  }

 private:
  Stage& stage_;
  const Place& place_;
  const std::string tables_;
  const fs::path folder_;
  const fs::path db_;
};

void Run(Stage& stage) {
  if (!stage.environment().subject.HasFunction("honker_bootstrap"))
    stage.Absent("function honker_bootstrap");
  const std::string& name = stage.Axis("place");
  const size_t dot = std::min(name.find('.'), name.size());
  const std::string tables = dot < name.size() ? name.substr(dot + 1) : "none";
  const Place& place =
      *std::ranges::find(Places(), name.substr(0, dot), [](const Place& p) { return p.name; });
  Scene scene(stage, place, tables);
  scene.Make();
  stage.Record("place", Value::MakeObject({{"words", place.words},
                                           {"paths", scene.Paths()},
                                           {"loaded", tables != "none"},
                                           {"bootstrapped", tables == "all"}}));
  // What SQLite itself says, and leaves behind, comes first.
  Actor& control = scene.StartUser("control:1");
  const Value read = Value::MakeObject({{"sql", "SELECT count(*) FROM sqlite_schema"}});
  if (control.Try("open", scene.OpenArguments(false)).ok()) (void)control.Try("exec", read);
  stage.Quit(control);

  scene.RecordFolder();
  Actor& caller = scene.StartUser("caller:1");
  if (caller.Try("open", scene.OpenArguments(true)).ok())
    (void)caller.Try("exec", Value::MakeObject({{"sql", "SELECT honker_bootstrap()"}}));
  stage.Quit(caller);
  scene.RecordFolder();
}

}  // namespace

const Card clear_error{
    .name = "open/clear_error",
    .claims = {"OPEN-CLEAR"},
    .situation =
        "The extension is loaded on a database that cannot be written, and where that works "
        "bootstrapped: read-only by the connection, by the file's mode, by the folder's; locked "
        "for writing, or for everything; missing; a directory; not a database; closed to an "
        "ordinary user. The tables are not there, or the one that loading makes, or all.",
    .expectation =
        "One error that says what is wrong. Where SQLite can read and the table is there, loading "
        "works. No file is created, changed or left behind.",
    .axes = {Names(), {"journal", {"delete", "wal"}}},
    .roles = {{"maker:1", "makes the database"},
              {"holder:1", "holds the lock"},
              {"control:1", "opens and reads without the extension"},
              {"caller:1", "loads, and bootstraps"}},
    .faults = {"none"},
    .oracles = {{{"clear_error", harness::CheckClearError}, "OPEN-CLEAR"}},
    .evidence =
        "what SQLite itself says without the subject, and the folder before and after (SQLite "
        "leaves sidecars of a read-only WAL behind: they are there before)",
    .limits =
        "A busy timeout of 100 ms. As root the actor becomes an ordinary user where permissions "
        "are tried. What a clear error is, is a list of words.",
    .run = Run};

}  // namespace scenarios::open
