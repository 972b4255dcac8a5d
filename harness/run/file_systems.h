// The file systems on which cells run: the axis `fs`, and the faults about mounts.
//
// Those that the selected cells name are made once, before the first cell, and shared by its cells;
// a cell whose card mounts something gets that for itself. All of it is in a mount namespace of
// this process and of what it starts (faults/fs/private_mounts.h): nobody else sees it, and it is
// gone with them. The guardian stays outside, and removes the folders.
#ifndef HARNESS_RUN_FILE_SYSTEMS_H_
#define HARNESS_RUN_FILE_SYSTEMS_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "faults/fs/mount.h"
#include "harness/base/value.h"
#include "harness/matrix/cell.h"
#include "harness/run/guardian.h"

namespace harness {

// The axis: a card may have it, and --fs gives it to every card that does not.
inline constexpr const char* kFileSystemAxis = "fs";

class FileSystems {
 public:
  struct Place {
    std::string folder = {};
    std::string second = {};  // two_mounts: where watchers find the same folder
    std::string lacks = {};   // why it is not there: "needs root"
  };

  explicit FileSystems(Guardian& guardian) : guardian_(guardian) {}
  ~FileSystems() { End(); }
  FileSystems(const FileSystems&) = delete;
  FileSystems& operator=(const FileSystems&) = delete;

  // Makes what the cells name, in `scratch`; nothing at all where none of them is about a file
  // system. What cannot be made is in the Place. Call it before there is a second thread, from the
  // one that lives longest.
  void Prepare(const std::vector<Cell>& cells, const std::string& scratch,
               const std::string& ledger);
  // Takes them away. No cell runs any more.
  void End();

  // Where a cell runs; null where it does not say.
  const Place* Of(const Cell& cell) const;
  // Why a cell cannot mount anything itself; "" where it can.
  const std::string& lacks() const { return lacks_; }
  // Name -> what it is, or what it lacks.
  Value Json() const;

 private:
  Guardian& guardian_;
  std::map<std::string, Place> places_;
  std::vector<faults::Mounted> mounted_;
  std::string lacks_ = "no cell of this run is about a file system";
};

// What a cell mounts itself, over the folder of its database, until it is judged.
class CellMounts {
 public:
  // `file_systems` may be null: then nothing can be mounted.
  CellMounts(const FileSystems* file_systems, std::string folder, std::string ledger,
             Guardian& guardian)
      : file_systems_(file_systems),
        folder_(std::move(folder)),
        ledger_(std::move(ledger)),
        guardian_(guardian) {}
  ~CellMounts();
  CellMounts(const CellMounts&) = delete;
  CellMounts& operator=(const CellMounts&) = delete;

  // Why nothing can be mounted here; "" where it can.
  std::string Lacks() const;
  // Carries out a `mount`, `unmount`, `remount` or `fill`; `lower` is the folder below an overlay.
  // The error says "needs ..." where this machine lacks something.
  faults::Status Apply(const std::string& text, const std::string& lower = "");
  // Where the mount of `two_mounts` has its other end.
  std::string Second() const { return folder_ + ".second"; }
  // Whether the upper layer of an overlay has a file of that name.
  bool IsInUpperLayer(const std::string& name) const;
  bool any() const { return !mounted_.empty(); }

 private:
  const FileSystems* file_systems_;
  const std::string folder_;
  const std::string ledger_;
  Guardian& guardian_;
  std::vector<faults::Mounted> mounted_;
};

}  // namespace harness

#endif  // HARNESS_RUN_FILE_SYSTEMS_H_
