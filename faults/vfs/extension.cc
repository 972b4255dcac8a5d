// libfault_vfs.so: the shim VFS as a loadable extension for any SQLite program.
//
//   .load ./libfault_vfs.so      then open the database: connections opened later, without vfs=, go
//                                through the shim. The loading connection itself does not.
//
// Environment, read when it is loaded for the first time:
//   FAULT_VFS_GATES   faults of kind gate, separated by ';' or newlines (see gatekeeper.h)
//   FAULT_LEDGER      file to which every fired fault is appended before it takes effect
// A text that cannot be parsed, or a ledger that cannot be opened, refuses the load with the
// reason.
//
// SQL functions, on the loading connection only (SQLITE_DIRECTONLY):
//   fault_gate(text)       arms the gates of the text (one or several faults); how many
//   fault_gate_clear()     disarms all; how many there were
//   fault_vfs_calls()      JSON: how often each site was called in this process; none at all means
//                          that nothing was intercepted, so nothing can be concluded
//
// The library stays loaded until the process ends, as a registered VFS must.

#include <sqlite3ext.h>

#include <cstdlib>
#include <mutex>
#include <string>
#include <vector>

#include "faults/fault.h"
#include "faults/ledger.h"
#include "faults/result.h"
#include "faults/vfs/shim.h"

extern "C" {
SQLITE_EXTENSION_INIT1
}

namespace faults::vfs {
namespace {

// The gates of a text, all of them checked: a text with one bad gate arms nothing.
Result<std::vector<Fault>> CheckedGates(const std::string& text) {
  auto faults = ParseFaults(text);
  if (!faults.ok()) return faults;
  Gatekeeper scratch;
  for (const Fault& fault : faults.value()) {
    if (Status tried = scratch.Arm(fault); !tried.ok()) return tried.error();
  }
  return faults;
}

Result<int> ArmAll(const std::string& text) {
  const auto gates = CheckedGates(text);
  if (!gates.ok()) return gates.error();
  for (const Fault& gate : gates.value()) {
    if (Status armed = TheGatekeeper().Arm(gate); !armed.ok()) return armed.error();
  }
  return static_cast<int>(gates.value().size());
}

// Everything is checked before the gatekeeper exists: a refused load unloads the library, and what
// lives for ever must not have been made by then.
Status ReadEnvironment() {
  const char* gates = std::getenv("FAULT_VFS_GATES");
  if (gates == nullptr) gates = "";
  if (const auto checked = CheckedGates(gates); !checked.ok()) {
    Error error = checked.error();
    error.what = "FAULT_VFS_GATES: " + error.what;
    return error;
  }
  if (const char* path = std::getenv("FAULT_LEDGER"); path != nullptr && *path != '\0') {
    auto ledger = Ledger::Open(path);
    if (!ledger.ok()) return ledger.error();
    TheGatekeeper().SetLedger(std::move(ledger).value());
  }
  const auto armed = ArmAll(gates);
  return armed.ok() ? Status() : Status(armed.error());
}

void GateFunction(sqlite3_context* context, int, sqlite3_value** arguments) {
  if (sqlite3_value_type(arguments[0]) != SQLITE_TEXT) {
    sqlite3_result_error(context, "fault_gate(): argument 1 (text) must be TEXT", -1);
    return;
  }
  const auto* text = reinterpret_cast<const char*>(sqlite3_value_text(arguments[0]));
  const auto armed = ArmAll({text, static_cast<size_t>(sqlite3_value_bytes(arguments[0]))});
  if (armed.ok()) {
    sqlite3_result_int(context, armed.value());
  } else {
    sqlite3_result_error(context, ("fault_gate(): " + armed.Message()).c_str(), -1);
  }
}

void ClearFunction(sqlite3_context* context, int, sqlite3_value**) {
  sqlite3_result_int64(context, static_cast<sqlite3_int64>(TheGatekeeper().Clear()));
}

void CallsFunction(sqlite3_context* context, int, sqlite3_value**) {
  sqlite3_result_text(context, TheGatekeeper().CountsJson().c_str(), -1, SQLITE_TRANSIENT);
}

int CreateFunctions(sqlite3* db) {
  const int flags = SQLITE_UTF8 | SQLITE_DIRECTONLY;
  int rc = sqlite3_create_function_v2(db, "fault_gate", 1, flags, nullptr, GateFunction, nullptr,
                                      nullptr, nullptr);
  if (rc == SQLITE_OK) {
    rc = sqlite3_create_function_v2(db, "fault_gate_clear", 0, flags, nullptr, ClearFunction,
                                    nullptr, nullptr, nullptr);
  }
  if (rc == SQLITE_OK) {
    rc = sqlite3_create_function_v2(db, "fault_vfs_calls", 0, flags, nullptr, CallsFunction,
                                    nullptr, nullptr, nullptr);
  }
  return rc;
}

// Registers the shim once a process. A second load, by another connection, must not put the shim
// over itself.
int RegisterOnce(char** message) {
  static std::mutex mutex;
  static bool registered = false;
  const std::lock_guard<std::mutex> lock(mutex);
  if (registered) return SQLITE_OK;
  if (const Status environment = ReadEnvironment(); !environment.ok()) {
    *message = sqlite3_mprintf("%s", environment.Message().c_str());
    return SQLITE_ERROR;
  }
  const int rc = sqlite3_vfs_register(ShimOver(sqlite3_vfs_find(nullptr)), /*makeDflt=*/1);
  registered = rc == SQLITE_OK;
  return rc;
}

}  // namespace
}  // namespace faults::vfs

extern "C" {

__attribute__((visibility("default"))) int sqlite3_faultvfs_init(sqlite3* db, char** message,
                                                                 const sqlite3_api_routines* api) {
  SQLITE_EXTENSION_INIT2(api)
  if (const int rc = faults::vfs::RegisterOnce(message); rc != SQLITE_OK) return rc;
  const int rc = faults::vfs::CreateFunctions(db);
  return rc == SQLITE_OK ? SQLITE_OK_LOAD_PERMANENTLY : rc;
}

// The name SQLite tries first for any file name.
__attribute__((visibility("default"))) int sqlite3_extension_init(sqlite3* db, char** message,
                                                                  const sqlite3_api_routines* api) {
  return sqlite3_faultvfs_init(db, message, api);
}

}  // extern "C"
