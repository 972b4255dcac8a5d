// honker-actor: one process of a cell. Writer, watcher, reader and worker in one binary; which it
// is, its commands decide (docs/protocol.md).
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstring>
#include <map>
#include <string>

#include "harness/actor/connection_commands.h"
#include "harness/actor/job_commands.h"
#include "harness/actor/probe.h"
#include "harness/actor/process_commands.h"
#include "harness/actor/session.h"
#include "harness/actor/stream_commands.h"
#include "harness/actor/subject.h"
#include "harness/actor/watch_commands.h"
#include "harness/base/exit_codes.h"

namespace {

constexpr const char* kHelp =
    "honker-actor: one process of a cell; speaks the line protocol on stdin and stdout\n"
    "  honker-actor --process NAME --history FILE [--subject LIB] [--sqlite-source-id ID]\n"
    "  honker-actor --probe 1 --subject LIB --scratch FOLDER   print what the subject has\n"
    "  honker-actor --identity 1                               print the SQLite it is linked with\n"
    "Example:\n"
    "  printf '%s\\n' '{\"call\":1,\"op\":\"open\",\"value\":{\"path\":\"a.db\",\"create\":true}}' "
    "|\n"
    "    honker-actor --process writer:1 --history w1.jsonl\n";

int Usage(const std::string& why) {
  std::fprintf(stderr, "honker-actor: %s\n%s", why.c_str(), kHelp);
  return harness::kExitUsage;
}

}  // namespace

int main(int argc, char** argv) {
  using namespace harness;         // NOLINT(google-build-using-namespace)
  using namespace harness::actor;  // NOLINT(google-build-using-namespace)
  if (argc == 2 && std::strcmp(argv[1], "--help") == 0) {
    std::fputs(kHelp, stdout);
    return 0;
  }
  std::map<std::string, std::string> options;
  for (int i = 1; i < argc; i += 2) {
    if (std::strncmp(argv[i], "--", 2) != 0 || i + 1 == argc)
      return Usage("options are --NAME VALUE");
    options[argv[i] + 2] = argv[i + 1];
  }
  const std::string subject_path = options["subject"];
  const Value sqlite = LinkedSqlite();
  const std::string wanted = options["sqlite-source-id"];
  if (!wanted.empty() && wanted != sqlite["source_id"].Text()) {
    std::fprintf(stderr, "honker-actor: linked with SQLite %s, asked for %s\n",
                 sqlite["source_id"].Text().c_str(), wanted.c_str());
    return kExitUnavailable;
  }
  if (options.contains("identity")) {
    std::puts(sqlite.Print().c_str());
    return 0;
  }
  if (options.contains("probe")) {
    std::puts(ProbeSubject(subject_path, options["scratch"]).Print().c_str());
    return 0;
  }
  const std::string process = options["process"];
  if (process.empty() || options["history"].empty())
    return Usage("--process and --history are needed");

  std::signal(SIGPIPE, SIG_IGN);
  Session session;
  if (Status s = session.Begin(process, options["history"]); !s.ok()) {
    std::fprintf(stderr, "honker-actor: %s\n", s.error().c_str());
    return kExitSoftware;
  }
  Subject subject(subject_path);
  ConnectionCommands connections(session, subject);
  WatchCommands watchers(session, subject);
  ProcessCommands process_commands(session, watchers);
  JobCommands jobs(session, subject);
  StreamCommands streams(session, jobs);
  connections.Register();
  watchers.Register();
  process_commands.Register();
  jobs.Register();
  streams.Register();
  return session.Serve(Value::MakeObject({{"protocol", 1},
                                          {"process", process},
                                          {"pid", static_cast<int64_t>(getpid())},
                                          {"sqlite", sqlite},
                                          {"subject", subject_path}}));
}
