#include "harness/cli/contenders.h"

#include <unistd.h>

#include <filesystem>
#include <set>

#include "harness/base/exit_codes.h"
#include "harness/cli/named_path.h"

namespace harness {
namespace {

namespace fs = std::filesystem;

// Gives each contender what the files of --expect say of it.
Status ReadExpected(const std::vector<std::string>& files, std::vector<Contender>& contenders) {
  for (const std::string& text : files) {
    const NamedPath file = ParseNamedPath(text);
    const Result<std::vector<Divergence>> read = ReadExpectations(file.path);
    if (!read.ok()) return Error{read.error()};
    bool used = false;
    for (Contender& c : contenders) {
      if (!file.name.empty() && file.name != c.environment.subject.name) continue;
      used = true;
      c.expected.insert(c.expected.end(), read.value().begin(), read.value().end());
    }
    if (!used) return Error{"--expect " + text + ": no subject is called \"" + file.name + "\""};
  }
  return Ok();
}

// Several subjects need names that tell them apart, in cells and in reports: the file's own where
// none was given.
Status NameApart(std::vector<NamedPath>& subjects) {
  std::set<std::string> names;
  for (NamedPath& subject : subjects) {
    if (subject.name.empty()) subject.name = fs::path(subject.path).filename().string();
    const bool plain = subject.name.find_first_not_of(
                           "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                           "0123456789_.@+-") == std::string::npos;
    if (!plain || !names.insert(subject.name).second) {
      return Error{"--subject " + Print(subject) +
                   (plain ? ": another subject has that name" : ": a name has no blanks or signs") +
                   "; give it one with --subject NAME=LIBRARY"};
    }
  }
  return Ok();
}

Preparation Refused(int exit_code, const std::string& error) { return {exit_code, error}; }

}  // namespace

std::string ProgramFolder() { return fs::read_symlink("/proc/self/exe").parent_path().string(); }

Preparation PrepareContenders(const Options& options, const std::string& programs) {
  Environment environment{.actor = programs + "/honker-actor",
                          .tools = fs::path(programs).parent_path().string(),
                          .subject = {},
                          .sqlite = {}};
  const std::string cache = environment.tools + "/sqlite-cache";
  Result<SqliteInfo> sqlite = ProbeSqlite(environment.actor, options.sqlite, cache);
  if (!sqlite.ok()) return Refused(kExitUsage, sqlite.error());
  environment.sqlite = std::move(sqlite).value();

  std::vector<NamedPath> subjects;
  for (const std::string& text : options.subjects) subjects.push_back(ParseNamedPath(text));
  if (subjects.empty()) subjects.push_back({"", environment.tools + "/libhonker_ext.so"});
  if (subjects.size() > 1) {
    if (Status s = NameApart(subjects); !s.ok()) return Refused(kExitUsage, s.error());
  }
  for (const std::string& given : options.actors) {
    Result<std::pair<std::string, ActorProgram>> read = ReadActorProgram(given);
    if (!read.ok()) return Refused(kExitUsage, read.error());
    auto& [name, program] = read.value();
    const Status usable =
        ProbeActorProgram(name, environment.sqlite.library_folder, cache, program);
    if (!usable.ok()) return Refused(kExitUnavailable, usable.error());
    environment.programs[name] = std::move(program);
  }

  Preparation prepared;
  for (const NamedPath& subject : subjects) {
    Result<SubjectInfo> probed =
        ProbeSubjectLibrary(environment.actor, environment.sqlite, subject.path,
                            cache + "/probe-" + std::to_string(getpid()));
    if (!probed.ok()) return Refused(kExitUsage, probed.error());
    if (!probed.value().crash.empty()) {
      return Refused(kExitBroken, "--subject " + subject.path + ": " + probed.value().crash);
    }
    prepared.contenders.push_back({environment});
    prepared.contenders.back().environment.subject = std::move(probed).value();
    prepared.contenders.back().environment.subject.name = subject.name;
  }
  if (Status s = ReadExpected(options.expect, prepared.contenders); !s.ok())
    return Refused(kExitUsage, s.error());
  return prepared;
}

}  // namespace harness
