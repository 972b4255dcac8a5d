#include "faults/vfs/functions.h"

#include <sqlite3ext.h>

#include <string>

#include "faults/vfs/environment.h"
#include "faults/vfs/process_clock.h"
#include "faults/vfs/shim.h"

extern "C" {
SQLITE_EXTENSION_INIT3
}

namespace faults::vfs {
namespace {

void Fail(sqlite3_context* context, const std::string& sentence) {
  sqlite3_result_error(context, sentence.c_str(), -1);
}

void Arm(sqlite3_context* context, int, sqlite3_value** arguments) {
  if (sqlite3_value_type(arguments[0]) != SQLITE_TEXT) {
    Fail(context, "fault_arm(): argument 1 (text) must be TEXT");
    return;
  }
  const auto* text = reinterpret_cast<const char*>(sqlite3_value_text(arguments[0]));
  const auto armed = ArmText({text, static_cast<size_t>(sqlite3_value_bytes(arguments[0]))});
  if (armed.ok()) {
    sqlite3_result_int(context, armed.value());
  } else {
    Fail(context, "fault_arm(): " + armed.Message());
  }
}

void Disarm(sqlite3_context* context, int, sqlite3_value**) {
  sqlite3_result_int64(context, static_cast<sqlite3_int64>(TheInterceptor().Disarm()));
}

void Fired(sqlite3_context* context, int, sqlite3_value**) {
  sqlite3_result_int64(context, TheInterceptor().Fired());
}

void Calls(sqlite3_context* context, int, sqlite3_value**) {
  sqlite3_result_text(context, TheInterceptor().CountsJson().c_str(), -1, SQLITE_TRANSIENT);
}

// A move of the clock is a fault like any other, so it is in the ledger as one.
void Move(sqlite3_context* context, const std::string& text) {
  if (const auto armed = ArmText(text); !armed.ok()) {
    Fail(context, armed.Message());
  } else {
    sqlite3_result_int64(context, ProcessClock().NowMs() / 1000);
  }
}

// `kind`, with the argument, a whole number of seconds, as `key`.
void MoveBy(sqlite3_context* context, const char* kind, const char* key, sqlite3_value* seconds) {
  if (sqlite3_value_type(seconds) != SQLITE_INTEGER) {
    Fail(context, "fault_" + std::string(kind) + "(): argument 1 (seconds) must be INTEGER");
    return;
  }
  Move(context,
       std::string(kind) + " * " + key + "=" + std::to_string(sqlite3_value_int64(seconds)));
}

void ClockStep(sqlite3_context* context, int, sqlite3_value** arguments) {
  MoveBy(context, "clock_step", "by_s", arguments[0]);
}

void ClockFreeze(sqlite3_context* context, int count, sqlite3_value** arguments) {
  if (count == 0) {
    Move(context, "clock_freeze *");
  } else {
    MoveBy(context, "clock_freeze", "to_s", arguments[0]);
  }
}

void ClockResume(sqlite3_context* context, int, sqlite3_value**) {
  Move(context, "clock_resume *");
}

struct Entry {
  const char* name;
  int arguments;
  void (*function)(sqlite3_context*, int, sqlite3_value**);
};
constexpr Entry kFunctions[] = {{"fault_arm", 1, Arm},
                                {"fault_disarm", 0, Disarm},
                                {"fault_fired", 0, Fired},
                                {"fault_clock_step", 1, ClockStep},
                                {"fault_clock_freeze", 0, ClockFreeze},
                                {"fault_clock_freeze", 1, ClockFreeze},
                                {"fault_clock_resume", 0, ClockResume},
                                {"fault_vfs_calls", 0, Calls}};

}  // namespace

int CreateFunctions(sqlite3* db) {
  for (const Entry& entry : kFunctions) {
    const int rc =
        sqlite3_create_function_v2(db, entry.name, entry.arguments, SQLITE_UTF8 | SQLITE_DIRECTONLY,
                                   nullptr, entry.function, nullptr, nullptr, nullptr);
    if (rc != SQLITE_OK) return rc;
  }
  return SQLITE_OK;
}

}  // namespace faults::vfs
