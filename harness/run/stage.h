// What a scenario's situation is played on: actors, the database's place, faults, windows.
//
// Everything that a situation does through the stage is in the cell's history. A step that cannot
// be done throws CellEnd; situations do not catch it. One thread uses a stage.
#ifndef HARNESS_RUN_STAGE_H_
#define HARNESS_RUN_STAGE_H_

#include <functional>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "harness/base/value.h"
#include "harness/history/history.h"
#include "harness/matrix/cell.h"
#include "harness/run/actor.h"
#include "harness/run/cell_end.h"
#include "harness/run/environment.h"
#include "harness/run/lock_watch.h"

namespace harness {

class CellMounts;
class Guardian;

class Stage {
 public:
  // `folder` is the cell's own: histories go to its history/, stderr to stderr/, databases to db/
  // below `scratch`. Both exist.
  // Watchers find the same databases below `second`, where that is not empty.
  Stage(const Cell& cell, const Environment& environment, std::string folder, std::string scratch,
        Guardian& guardian, CellMounts& mounts, std::string second = "");
  // Ends every actor.
  ~Stage();

  const Cell& cell() const { return cell_; }
  const std::string& Axis(std::string_view name) const { return cell_.Get(name); }
  const Environment& environment() const { return environment_; }
  // The cell's own random numbers: depend on its place and seed alone.
  std::mt19937_64& random() { return random_; }

  // The database under test, and other files beside it.
  std::string Db() const { return scratch_ + "/" + db_; }
  std::string File(const std::string& name) const { return scratch_ + "/" + name; }
  // The harness's own, such as a page that it shares with actors: kept with the cell's history, on
  // the file system of the run, whatever the database lies on.
  std::string Aside(const std::string& name) const { return folder_ + "/aside/" + name; }
  // From here on Db() is the file of that name: for faults that need the database in a folder of
  // its own ("live/app.db"), which is made.
  void PutDb(const std::string& name);
  // Where faults record what they do, before they do it: kept with the cell's history.
  std::string LedgerPath() const { return folder_ + "/ledger.jsonl"; }

  // Starts an actor; `process` is "role:n". A process of that name that has ended may be started
  // again: it goes on in a history file of its own.
  Actor& Start(const std::string& process, std::map<std::string, std::string> environment = {});
  // The same below other programs: `wrapper` ends by executing the words that follow its own.
  Actor& StartUnder(std::vector<std::string> wrapper, const std::string& process);
  // The same with another program: kNativeActor, or the name of one that the user gave; the cell is
  // skipped where he did not. Its hello is recorded: it may use another SQLite.
  Actor& StartProgram(const std::string& program, const std::string& process);
  // The usual opening: an actor with an open connection to Db() in the cell's journal mode and
  // synchronous level, and the table of marks.
  Actor& StartWriter(const std::string& process);
  // Starts an actor and subscribes it to Db() with the cell's backend. A refusal ends the cell.
  Actor& StartWatcher(const std::string& process, Value options = Value::MakeObject());
  // `watch` on a running actor. Ends the cell when the subject refuses: as `refused` where that is
  // documented, as `broken` elsewhere.
  void Watch(Actor& actor, Value options = Value::MakeObject());
  // What `watch` or `work` answered, for a database in that journal mode: anything but `opened`
  // ends the cell, as `absent`, as `refused` where that is documented, as `broken` elsewhere.
  void RequireOpened(const Value& answer, const std::string& backend, const std::string& journal);

  // Waits until the actor has begun that command, by its own history: it may be blocked in it by
  // then.
  void AwaitBegun(Actor& actor, const std::string& op);

  // Ends an actor in order. What comes after its end of input is a finding: a crash or a hang is
  // thrown.
  void Quit(Actor& actor);
  // SIGKILL, and the record of it.
  void Kill(Actor& actor);
  // One command, in which (or right after whose reply) a fault inside the actor kills it: true, and
  // its end is recorded as expected. False where it answers, and one more after it.
  bool IsKilledBy(Actor& actor, const std::string& op, Value value = Value::MakeObject());
  // SIGSTOP and SIGCONT.
  void Signal(Actor& actor, int signal_number);

  // Runs `body` inside a window: nothing may be committed in it. `watcher` quiesces before it
  // begins and as its last step.
  void Window(const std::string& what, Actor& watcher, const std::function<void()>& body);
  // Runs a fault and records it with the identities of the database before and after. `act` returns
  // "" or what went wrong, which ends the cell as `error`.
  void Fault(const std::string& text, const std::function<std::string()>& act);
  // The same for what happens to the file system of Db(): a `mount`, `unmount`, `remount` or `fill`
  // (faults/fs/mount.h), until the cell is judged; `lower` is the folder below an overlay. With
  // fs=two_mounts watchers are on the other mount from then on. Where this machine lacks what it
  // needs, the cell is skipped.
  void MountFault(const std::string& text, const std::string& lower = "");
  // Whether an overlay that was mounted so has copied Db() up into its upper layer.
  bool IsCopiedUp() const;
  // The same file as watchers reach it: another path where there are two mounts.
  std::string ForWatchers(const std::string& path) const;
  // Records which locks an actor holds on Db().
  void RecordLocks(const Actor& actor, const std::string& when);
  // Records what shows from outside which backend an actor's watcher uses: its inotify watches. How
  // many these are.
  int64_t RecordBackendEvidence(const Actor& actor);
  // The pids of all actors that have not ended.
  std::vector<pid_t> Pids() const;
  // Adds an event to the runner's own history.
  void Record(const std::string& event, Value value);

  [[noreturn]] void Absent(const std::string& what);
  [[noreturn]] void Skip(const std::string& why);

  // Ends all actors, and adds the lines of their stderr to the history. Called once by the cell
  // runner.
  void Finish();

 private:
  Actor& StartCommand(const std::string& process, std::vector<std::string> words,
                      std::map<std::string, std::string> environment);
  void RecordEnd(Actor& actor, const ExitStatus& status, bool expected);

  const Cell& cell_;
  const Environment& environment_;
  const std::string folder_;
  const std::string scratch_;
  std::string db_ = "app.db";
  Guardian& guardian_;
  CellMounts& mounts_;
  std::string second_;
  std::mt19937_64 random_;
  HistoryWriter history_;
  LockWatch lock_watch_;
  int64_t next_call_ = 1;
  std::map<std::string, int> starts_;
  std::map<pid_t, std::string> histories_;  // of each actor, its file
  std::vector<std::unique_ptr<Actor>> actors_;
  std::set<pid_t> ended_;                                          // whose end is in the history
  std::vector<std::pair<std::string, std::string>> stderr_files_;  // process, path
};

}  // namespace harness

#endif  // HARNESS_RUN_STAGE_H_
