#include "faults/catalogue.h"

#include <algorithm>

namespace faults {

Layer ProcessLayer() {
  return {
      .name = "process",
      .by =
          "faults/process/process.h: a signal from outside, or the process itself at a named step",
      .kinds = {"kill", "stop", "continue", "pause", "exit", "fork"}};
}

Layer FileLayer() {
  return {.name = "file",
          .by = "faults/file/apply.h, in a process of its own",
          .kinds = {"swap", "remove", "replace", "truncate", "touch", "poke", "link"}};
}

Layer FileSystemLayer() {
  return {.name = "file_system",
          .by = "faults/fs/mount.h, in a private mount namespace; needs root",
          .kinds = {"mount", "unmount", "remount", "fill"}};
}

const std::vector<Layer>& AllLayers() {
  static const std::vector<Layer> layers = {ProcessLayer(), FileLayer(), FileSystemLayer(),
                                            libc::LibcLayer(), vfs::VfsLayer()};
  return layers;
}

std::vector<const Layer*> LayersOf(std::string_view kind, const std::vector<Layer>& layers) {
  std::vector<const Layer*> found;
  for (const Layer& layer : layers) {
    if (std::find(layer.kinds.begin(), layer.kinds.end(), kind) != layer.kinds.end()) {
      found.push_back(&layer);
    }
  }
  return found;
}

}  // namespace faults
