// Steps that several situations share.
#ifndef SCENARIOS_STEPS_H_
#define SCENARIOS_STEPS_H_

#include <initializer_list>
#include <map>
#include <string>
#include <vector>

#include "faults/clock.h"
#include "faults/file/apply.h"
#include "faults/result.h"
#include "faults/vfs/gate.h"
#include "harness/run/stage.h"

namespace scenarios {

using harness::Actor;
using harness::Axis;
using harness::Backends;
using harness::Card;
using harness::Journals;
using harness::Stage;
using harness::SyncLevels;
using harness::Value;

// {"<writer>": seq}: what `await` takes.
Value Marks(int64_t writer, int64_t seq);

// One commit, then the proof that every subscriber saw it or that none is coming.
void CommitAndAwait(Actor& writer, Actor& watcher, int64_t writer_number, int64_t seq);
// The commit alone. A failure is in the history, and no reason to stop.
void Commit(Actor& writer, int64_t writer_number, int64_t seq);

// `quiesce`, as evidence: where a subscriber that is alive is not proved quiet, the cell ends as
// `unknown`.
void ProveQuiet(Actor& watcher);

// A database of the cell's journal mode with the table of marks at `path`, made by an actor that is
// gone afterwards (and with it every sidecar).
void MakeDatabase(Stage& stage, const std::string& path);

// Opens Db() in the cell's journal mode, loads the subject on it and bootstraps: for `call`.
void OpenForCalls(Stage& stage, Actor& actor);

// Ends the cell as `absent` where the subject lacks one of these functions.
void NeedFunctions(Stage& stage, std::initializer_list<const char*> names);

// The database's own clock, as `reader` reads it over its open connection.
int64_t SecondOf(Actor& reader);
// Until that clock has reached that second; what it read.
int64_t AwaitSecond(Actor& reader, int64_t second);

// A gate in the folder of the database, for actors of this cell.
faults::Gate MakeGate(const Stage& stage, const std::string& name);
// All connections of that actor go through the shim VFS from now on.
void LoadShim(const Stage& stage, Actor& actor);
// An actor whose connections go through the shim VFS, with these faults in it.
Actor& StartShimmed(Stage& stage, const std::string& process, const std::string& faults,
                    std::map<std::string, std::string> environment = {});
// A clock for actors that have FAULT_CLOCK=`path` in their environment and go through the shim VFS.
faults::Clock MakeClock(const std::string& path);
// Until somebody stands at the gate, for `limit_ms` of time in which the cell's processes could
// run.
faults::Result<faults::GateArrival> AwaitAtGate(const Stage& stage, faults::Gate& gate,
                                                int64_t limit_ms = 120'000);
// Lets the one through that came first.
void Release(faults::Gate& gate);

// The statements of a table of SQL, apart by ";;".
std::vector<std::string> Statements(const std::string& text);

// Carries out a file fault from its text form (faults/file/apply.h), with the ledger of the cell.
// `targets.database` is Db() where it is empty. Ends the cell as `error` where it could not be
// done.
faults::SwapOutcome FileFault(Stage& stage, const std::string& text,
                              faults::FileTargets targets = {});

// auditor:1 opens Db(), reads the marks and checks the database: what marks_remain asks for.
void Audit(Stage& stage);

}  // namespace scenarios

#endif  // SCENARIOS_STEPS_H_
