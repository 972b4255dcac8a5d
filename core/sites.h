// Named points inside this library (sites.def) at which a fault can happen: libfiu points, so that
// libfault_preload.so, or fiu-run, makes a process die or stand still right there.
//
// They are in libhonker_ext_mutant.so only. Elsewhere the macros are nothing: no libfiu, no name (a
// test looks). A name that is not in the list, or a point used as the other sort, does not compile.
//
// A library that has such points tells which by an exported function:
//   const char* honker_sites(void);
// JSON, [{"site":"claim.marked","may_fail":true,"what":"..."}, ...]. It lives for ever.
//
// libfiu holds a read lock of its own while a point is struck: until then nobody in the process can
// switch points on or off.
#ifndef CORE_SITES_H_
#define CORE_SITES_H_

#ifdef HONKER_SITES

#include <string_view>

#include "core/base/result.h"

namespace honker::sites {

enum Takes { kMoment, kMayFail };

struct Site {
  std::string_view name;
  Takes takes;
  std::string_view what;
};

inline constexpr Site kAll[] = {
#define SITE(name, takes, what) {name, takes, what},
#include "core/sites.def"
#undef SITE
};

consteval bool IsListed(std::string_view name, Takes takes) {
  for (const Site& site : kAll) {
    if (site.name == name) return site.takes == takes;
  }
  return false;
}

// Whatever happens here happens before it returns. An error is refused with a line on stderr.
void Reach(const char* name);
// The same; an error is SQLITE_IOERR with a sentence that names the point and the errno.
Status ReachOrFail(const char* name);

}  // namespace honker::sites

#define HONKER_MOMENT(name)                                               \
  do {                                                                    \
    static_assert(honker::sites::IsListed(name, honker::sites::kMoment)); \
    honker::sites::Reach(name);                                           \
  } while (false)

// For functions that return a Status or a Result.
#define HONKER_MAY_FAIL(name)                                              \
  do {                                                                     \
    static_assert(honker::sites::IsListed(name, honker::sites::kMayFail)); \
    honker::Status failed_here = honker::sites::ReachOrFail(name);         \
    if (!failed_here.ok()) return failed_here.error();                     \
  } while (false)

#else

#define HONKER_MOMENT(name) \
  do {                      \
  } while (false)
#define HONKER_MAY_FAIL(name) \
  do {                        \
  } while (false)

#endif  // HONKER_SITES

#endif  // CORE_SITES_H_
