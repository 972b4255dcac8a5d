// What can be broken, where, and by whom: one list over all layers, for help texts and for people.
//
// A layer is a part that carries faults out; it says so itself, in a function that returns its
// Layer (vfs/layer.cc is one), and catalogue.cc names the layers. A kind of kinds.def that no layer
// carries out is in the list all the same, with nobody.

#ifndef HONKER_FAULTS_CATALOGUE_H_
#define HONKER_FAULTS_CATALOGUE_H_

#include <string>
#include <string_view>
#include <vector>

namespace faults {

// What one kind does at one site.
struct Outcome {
  std::string_view kind;
  std::string allowed;  // what the program may see of it: "SQLITE_FULL, SQLITE_IOERR_WRITE"
};

struct SiteEntry {
  std::string name;  // "vfs.sync.wal"
  std::vector<Outcome> outcomes;
};

struct Layer {
  std::string_view name;                // "vfs"
  std::string_view by;                  // how to have it carried out
  std::vector<std::string_view> kinds;  // those that it carries out
  std::vector<SiteEntry> sites = {};    // empty where its faults have no sites
};

// In the order of kinds.def: processes, files, calls.
[[nodiscard]] const std::vector<Layer>& AllLayers();

// Those of `layers` that carry out `kind`; several may, at different sites.
[[nodiscard]] std::vector<const Layer*> LayersOf(std::string_view kind,
                                                 const std::vector<Layer>& layers = AllLayers());

// Each layer's own.
[[nodiscard]] Layer ProcessLayer();
[[nodiscard]] Layer FileLayer();
[[nodiscard]] Layer FileSystemLayer();
namespace libc {
[[nodiscard]] Layer LibcLayer();
}
namespace vfs {
[[nodiscard]] Layer VfsLayer();
}

}  // namespace faults

#endif  // HONKER_FAULTS_CATALOGUE_H_
