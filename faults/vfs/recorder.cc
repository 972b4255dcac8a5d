#include "faults/vfs/recorder.h"

#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <utility>

namespace faults::vfs {
namespace {

int64_t MonotonicNs() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * int64_t{1'000'000'000} + now.tv_nsec;
}

// RFC 4648, with padding.
std::string Base64(const void* data, int64_t bytes) {
  static constexpr char kDigits[] =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const auto* in = static_cast<const unsigned char*>(data);
  std::string out;
  out.reserve(static_cast<size_t>((bytes + 2) / 3 * 4));
  for (int64_t i = 0; i < bytes; i += 3) {
    const bool second = i + 1 < bytes;
    const bool third = i + 2 < bytes;
    const unsigned group = static_cast<unsigned>(in[i]) << 16 |
                           (second ? static_cast<unsigned>(in[i + 1]) << 8 : 0U) |
                           (third ? static_cast<unsigned>(in[i + 2]) : 0U);
    out += kDigits[group >> 18];
    out += kDigits[group >> 12 & 63];
    out += second ? kDigits[group >> 6 & 63] : '=';
    out += third ? kDigits[group & 63] : '=';
  }
  return out;
}

std::string Line(const nlohmann::ordered_json& object) {
  return object.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace

Result<CallRecorder> CallRecorder::Open(const std::string& path, RecordWhat what) {
  const int fd = open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
  if (fd < 0) return ErrnoError("open recording", path);
  return CallRecorder(fd, what);
}

CallRecorder::CallRecorder(CallRecorder&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), what_(other.what_), next_(other.next_.load()) {}

CallRecorder::~CallRecorder() {
  if (fd_ >= 0) close(fd_);
}

bool CallRecorder::Wants(Call call) const {
  if (what_ == RecordWhat::kCalls) return true;
  return call == Call::kOpen || call == Call::kWrite || call == Call::kTruncate ||
         call == Call::kSync || call == Call::kDelete;
}

int64_t CallRecorder::Begin(const VfsCall& call, int64_t bytes, const std::string& detail) {
  const int64_t number = next_.fetch_add(1);
  nlohmann::ordered_json object;
  object["t_ns"] = MonotonicNs();
  object["pid"] = getpid();
  object["begin"] = number;
  object["site"] = call.site.Name();
  if (call.path != nullptr) object["path"] = call.path;
  if (call.offset >= 0) object["offset"] = call.offset;
  if (bytes > 0) object["bytes"] = bytes;
  if (!detail.empty()) object["detail"] = detail;
  if (what_ == RecordWhat::kBytes && call.data != nullptr) {
    object["data"] = Base64(call.data, bytes);
  }
  Append(Line(object));
  return number;
}

void CallRecorder::End(int64_t number, int rc) {
  nlohmann::ordered_json object;
  object["t_ns"] = MonotonicNs();
  object["pid"] = getpid();
  object["end"] = number;
  object["rc"] = rc;
  Append(Line(object));
}

void CallRecorder::Append(const std::string& line) {
  const int saved_errno = errno;
  ssize_t put = 0;
  do {
    put = write(fd_, line.data(), line.size());
  } while (put < 0 && errno == EINTR);
  if (put != static_cast<ssize_t>(line.size()) && !broken_.exchange(true)) {
    // The reader notices: a number is missing, or a line is no JSON.
    std::fprintf(stderr, "faults: the recording is not complete: %s\n", strerrordesc_np(errno));
  }
  errno = saved_errno;
}

}  // namespace faults::vfs
