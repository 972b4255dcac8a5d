// A file as a block device, for a mount that outlives neither its processes nor this object.

#ifndef HONKER_FAULTS_FS_LOOP_DEVICE_H_
#define HONKER_FAULTS_FS_LOOP_DEVICE_H_

#include <string>

#include "faults/result.h"

namespace faults {

// Holds a loop device by a descriptor. The kernel detaches it by itself (LO_FLAGS_AUTOCLEAR,
// loop(4)) when nobody has it open or mounted any more: also when all of them were killed. The
// image may be unlinked once this is there.
class LoopDevice {
 public:
  // Needs root and /dev/loop-control. Opens `image`, which must hold no database.
  [[nodiscard]] static Result<LoopDevice> Attach(const std::string& image);
  LoopDevice(LoopDevice&& other) noexcept;
  LoopDevice& operator=(LoopDevice&& other) noexcept;
  LoopDevice(const LoopDevice&) = delete;
  LoopDevice& operator=(const LoopDevice&) = delete;
  ~LoopDevice();  // lets go: a mount keeps the device

  [[nodiscard]] const std::string& path() const { return path_; }  // /dev/loopN

 private:
  LoopDevice(int fd, std::string path) : fd_(fd), path_(std::move(path)) {}
  int fd_ = -1;
  std::string path_;
};

}  // namespace faults

#endif  // HONKER_FAULTS_FS_LOOP_DEVICE_H_
