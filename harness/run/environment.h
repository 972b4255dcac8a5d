// What a run is about and where it happens: the subject, the SQLite, the folders. Fixed before the
// first cell starts.
#ifndef HARNESS_RUN_ENVIRONMENT_H_
#define HARNESS_RUN_ENVIRONMENT_H_

#include <cstdint>
#include <set>
#include <string>

#include "harness/base/result.h"
#include "harness/base/value.h"
#include "harness/run/actor_program.h"

namespace harness {

struct SubjectInfo {
  std::string name;                 // what reports call it; "" for its path
  std::string path;                 // absolute
  bool loads = false;               // as a SQLite extension
  std::string error;                // why not, or what else it lacks
  std::string crash;                // "the subject crashed ..." while it was probed
  bool abi = false;                 // exports the watcher C ABI
  std::set<std::string> functions;  // "honker_ack/2"
  Value backends;                   // name -> {"outcome","error"} on a scratch WAL database
  Value sites;  // the libfiu points inside it, as it says: [{"site","may_fail","what"}]

  bool HasFunction(const std::string& name) const;
  bool HasSite(const std::string& name) const;
};

struct SqliteInfo {
  std::string
      library_folder;  // put in front of LD_LIBRARY_PATH; "" for the one actors are linked with
  std::string given;   // what --sqlite named; "" for none
  std::string version;
  std::string source_id;
};

struct Environment {
  std::string actor;  // path of honker-actor
  std::string tools;  // folder of libraries beside it (fault VFS, broken watchers)
  SubjectInfo subject;
  SqliteInfo sqlite;
  // How long an actor may take to end when asked to: longer than its own patience with a busy
  // database (60 s), so that running out means a hang.
  int64_t patience_ms = 180'000;
  ActorPrograms programs = {};  // other actors than `actor`
};

// Finds out, in throw-away processes, what the SQLite is. `given` is a libsqlite3.so.0, a sqlite3.c
// that is compiled once and kept in `cache`, or "". An error says what the path is instead.
Result<SqliteInfo> ProbeSqlite(const std::string& actor, const std::string& given,
                               const std::string& cache);

// Finds out, in a throw-away process, what the subject has. One that crashes or hangs there is a
// finding (`crash`). A file that is no library, or does not
// exist, is an error; a library without honker functions is not.
Result<SubjectInfo> ProbeSubjectLibrary(const std::string& actor, const SqliteInfo& sqlite,
                                        const std::string& path, const std::string& scratch);

}  // namespace harness

#endif  // HARNESS_RUN_ENVIRONMENT_H_
