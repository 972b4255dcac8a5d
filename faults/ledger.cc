#include "faults/ledger.h"

#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <utility>

namespace faults {
namespace {

int64_t MonotonicNs() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * int64_t{1000000000} + now.tv_nsec;
}

std::string Line(const LedgerEntry& entry) {
  nlohmann::ordered_json object;
  object["t_ns"] = entry.t_ns;
  object["pid"] = entry.pid;
  object["event"] = entry.event;
  object["fault"] = entry.fault;
  if (!entry.site.empty()) object["site"] = entry.site;
  if (entry.occurrence != 0) object["occurrence"] = entry.occurrence;
  if (!entry.detail.empty()) object["detail"] = entry.detail;
  // Paths need not be UTF-8; a ledger line must be valid JSON all the same.
  return object.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace

Result<Ledger> Ledger::Open(const std::string& path) {
  const int fd = open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
  if (fd < 0) return ErrnoError("open ledger", path);
  return Ledger(fd, path);
}

Ledger::Ledger(Ledger&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), path_(std::move(other.path_)) {}

Ledger& Ledger::operator=(Ledger&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(path_, other.path_);
  return *this;
}

Ledger::~Ledger() {
  if (fd_ >= 0) close(fd_);
}

Status Ledger::Append(LedgerEntry entry) {
  entry.t_ns = MonotonicNs();
  entry.pid = getpid();
  const std::string line = Line(entry);
  ssize_t put = 0;
  do {
    put = write(fd_, line.data(), line.size());
  } while (put < 0 && errno == EINTR);
  if (put < 0) return ErrnoError("append to ledger", path_);
  if (static_cast<size_t>(put) != line.size()) {
    return Error{"append to ledger", path_, ENOSPC, "only a part of the line was written"};
  }
  return {};
}

Result<std::vector<LedgerEntry>> ReadLedger(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return ErrnoError("read ledger", path);
  std::ostringstream bytes;
  bytes << file.rdbuf();
  const std::string text = bytes.str();

  std::vector<LedgerEntry> entries;
  size_t from = 0;
  for (int number = 1; from < text.size(); ++number) {
    const size_t end = text.find('\n', from);
    if (end == std::string::npos) break;  // torn: the process died while it wrote
    const auto object = nlohmann::json::parse(text.begin() + static_cast<std::ptrdiff_t>(from),
                                              text.begin() + static_cast<std::ptrdiff_t>(end),
                                              nullptr, /*allow_exceptions=*/false);
    from = end + 1;
    if (!object.is_object()) {
      return Error{"read ledger", path, 0, "line " + std::to_string(number) + " is not an object"};
    }
    try {
      entries.push_back(LedgerEntry{.event = object.value("event", ""),
                                    .fault = object.value("fault", ""),
                                    .site = object.value("site", ""),
                                    .occurrence = object.value("occurrence", int64_t{0}),
                                    .detail = object.value("detail", ""),
                                    .t_ns = object.value("t_ns", int64_t{0}),
                                    .pid = object.value("pid", int64_t{0})});
    } catch (const nlohmann::json::exception& wrong_type) {
      return Error{"read ledger", path, 0,
                   "line " + std::to_string(number) + ": " + wrong_type.what()};
    }
  }
  return entries;
}

}  // namespace faults
