#include "faults/fs/loop_device.h"

#include <fcntl.h>
#include <linux/loop.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace faults {

Result<LoopDevice> LoopDevice::Attach(const std::string& image) {
  const int control = open("/dev/loop-control", O_RDWR | O_CLOEXEC);
  if (control < 0) return ErrnoError("open", "/dev/loop-control");
  const int file = open(image.c_str(), O_RDWR | O_CLOEXEC);
  if (file < 0) {
    const Error error = ErrnoError("open", image);
    close(control);
    return error;
  }
  Result<LoopDevice> attached = Error{"attach a loop device", image, EBUSY, "others took each"};
  // A free one may be taken by another process between the two calls: EBUSY, and the next one.
  for (int tries = 0; tries < 1000; ++tries) {
    const int number = ioctl(control, LOOP_CTL_GET_FREE);
    if (number < 0) {
      attached = ErrnoError("find a free loop device", "/dev/loop-control");
      break;
    }
    const std::string path = "/dev/loop" + std::to_string(number);
    const int device = open(path.c_str(), O_RDWR | O_CLOEXEC);
    if (device < 0) {
      attached = ErrnoError("open", path);
      break;
    }
    loop_config config{};
    config.fd = static_cast<__u32>(file);
    config.info.lo_flags = LO_FLAGS_AUTOCLEAR;
    if (ioctl(device, LOOP_CONFIGURE, &config) == 0) {
      attached = LoopDevice(device, path);
      break;
    }
    attached = ErrnoError("attach " + path, image);
    close(device);
    if (attached.error().error != EBUSY) break;
  }
  close(file);
  close(control);
  return attached;
}

LoopDevice::LoopDevice(LoopDevice&& other) noexcept { *this = std::move(other); }

LoopDevice& LoopDevice::operator=(LoopDevice&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(path_, other.path_);
  return *this;
}

LoopDevice::~LoopDevice() {
  if (fd_ >= 0) close(fd_);
}

}  // namespace faults
