#include "harness/cli/sites_layer.h"

namespace harness {
namespace {

std::string Allowed(std::string_view kind, const std::string& what) {
  if (kind == "io_error") return "the call fails as a whole, with a sentence that names the site";
  if (kind == "kill" || kind == "exit") return "nothing any more: " + what;
  if (kind == "fork") return "its own";
  return "its own, later";
}

faults::SiteEntry Entry(const std::string& name, const std::string& what, bool may_fail) {
  faults::SiteEntry entry{.name = name, .outcomes = {}};
  for (const char* kind : {"kill", "exit", "stop", "pause", "delay", "fork"}) {
    entry.outcomes.push_back({kind, Allowed(kind, what)});
  }
  if (may_fail) entry.outcomes.push_back({"io_error", Allowed("io_error", what)});
  return entry;
}

}  // namespace

faults::Layer SitesLayer(const Value& subject_sites) {
  faults::Layer layer{
      .name = "sites",
      .by =
          "libfault_preload.so in LD_PRELOAD, by FAULT_LIBC or a control page: points of libfiu in "
          "honker-actor (whatever the subject), and in a subject that is built with them "
          "(--subject; "
          "of the reference libhonker_ext_mutant.so)",
      .kinds = {"kill", "exit", "stop", "pause", "delay", "fork", "io_error"}};
#define ACTOR_SITE(name, what) layer.sites.push_back(Entry(name ".<command>", what, false));
#include "harness/actor/sites.def"
#undef ACTOR_SITE
  for (const Value& site : subject_sites.items()) {
    layer.sites.push_back(Entry(site["site"].Text(), site["what"].Text(), site["may_fail"].Bool()));
  }
  return layer;
}

}  // namespace harness
