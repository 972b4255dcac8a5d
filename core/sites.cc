// Reaching a point of sites.h, and the list of them. Empty in the real library.
#include "core/sites.h"

#ifdef HONKER_SITES

#include <fiu.h>

#include <cerrno>
#include <cstdint>
#include <string>

#include "core/base/json_writer.h"
#include "core/base/stderr_line.h"
#include "core/base/system_error.h"
#include "core/sql/sqlite_api.h"

namespace honker::sites {
namespace {

// The errno that the point is struck with; 0: none.
int Strike(const char* name) {
  if (fiu_fail(name) == 0) return 0;
  const auto info = reinterpret_cast<intptr_t>(fiu_failinfo());
  return info > 0 && info < 4096 ? static_cast<int>(info) : EIO;
}

std::string List() {
  std::string list = "[";
  for (const Site& site : kAll) {
    if (list.size() > 1) list += ',';
    JsonObject object(list);
    object.Text("site", site.name);
    object.Bool("may_fail", site.takes == kMayFail).Text("what", site.what);
    object.Close();
  }
  return list + "]";
}

}  // namespace

void Reach(const char* name) {
  if (Strike(name) == 0) return;
  WriteStderrLine(std::string("honker: ") + name +
                  " is a moment and cannot fail: the error is left out (kill, stop, pause, exit, "
                  "fork and delay work there)");
}

Status ReachOrFail(const char* name) {
  const int error = Strike(name);
  if (error == 0) return Ok();
  return Error{SQLITE_IOERR,
               SystemErrorText(std::string("honker: a fault was asked for at ") + name, error)};
}

}  // namespace honker::sites

extern "C" __attribute__((visibility("default"))) const char* honker_sites() {
  static const std::string list = honker::sites::List();
  return list.c_str();
}

#endif  // HONKER_SITES
