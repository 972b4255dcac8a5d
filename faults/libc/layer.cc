// The preload library's part of the catalogue: what a plan takes at each site, and what the program
// may see of it.
#include "faults/catalogue.h"
#include "faults/libc/plan.h"
#include "faults/libc/sites.h"

namespace faults::libc {
namespace {

std::string Allowed(std::string_view kind) {
  if (kind == "io_error") return "-1 (mmap: MAP_FAILED) and the errno that the fault says, or EIO";
  if (kind == "deny_lock") return "-1 and EAGAIN, EACCES or ENOLCK";
  if (kind == "short_io") return "fewer bytes than asked for, also 0";
  if (kind == "delay") return "the call's own, later";
  if (kind == "kill") return "nothing any more";
  if (kind == "exit") return "nothing any more: no destructor, no atexit handler";
  if (kind == "stop" || kind == "pause") return "the call's own, when the process goes on";
  if (kind == "fork") return "the call's own";
  if (kind == "drop_events") return "the other events; EAGAIN where none is left";
  if (kind == "overflow_events") return "IN_Q_OVERFLOW in its place";
  if (kind == "double_events") return "the event twice";
  if (kind == "reorder_events") return "the event behind the next one, or later alone";
  if (kind == "coalesce_events") return "the event later, once for all that equal it until then";
  return "the events later, in their order";
}

}  // namespace

Layer LibcLayer() {
  Layer layer{.name = "libc",
              .by = "libfault_preload.so in LD_PRELOAD: FAULT_LIBC, or a control page (fault-ctl)",
              .kinds = {"kill", "stop", "pause", "exit", "fork", "io_error", "short_io", "delay",
                        "deny_lock", "drop_events", "delay_events", "double_events",
                        "coalesce_events", "reorder_events", "overflow_events"}};
  for (const std::string_view name : AllSites()) {
    SiteEntry entry{.name = std::string(name), .outcomes = {}};
    for (const std::string_view kind : layer.kinds) {
      if (CanAct(kind, entry.name)) entry.outcomes.push_back({kind, Allowed(kind)});
    }
    layer.sites.push_back(std::move(entry));
  }
  return layer;
}

}  // namespace faults::libc
