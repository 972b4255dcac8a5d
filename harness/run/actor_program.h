// Programs other than honker-actor that speak the line protocol: in another language, over that
// language's own binding. A scenario names one ("python"), a user says where it is (`--actor`).
#ifndef HARNESS_RUN_ACTOR_PROGRAM_H_
#define HARNESS_RUN_ACTOR_PROGRAM_H_

#include <map>
#include <string>
#include <vector>

#include "harness/base/result.h"
#include "harness/base/value.h"

namespace harness {

// What honker-actor is called where an axis says which program plays a role.
inline constexpr const char* kNativeActor = "native";

struct ActorProgram {
  std::vector<std::string> words;  // the command; files in it by absolute paths
  Value sqlite;                    // {"version","source_id"}: the one that it really uses

  std::string Command() const;  // as `--actor NAME=` takes it
};

// By name.
using ActorPrograms = std::map<std::string, ActorProgram>;

// Reads NAME=COMMAND, words separated by blanks. An error is a usage error.
Result<std::pair<std::string, ActorProgram>> ReadActorProgram(const std::string& text);

// Asks the program which SQLite it uses, in a throw-away process that may write to `cache`. An
// error says what the program said instead.
Status ProbeActorProgram(const std::string& name, const std::string& library_folder,
                         const std::string& cache, ActorProgram& program);

}  // namespace harness

#endif  // HARNESS_RUN_ACTOR_PROGRAM_H_
