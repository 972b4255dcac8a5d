// What was done to a run, on disk before it takes effect.
//
// One JSON object a line, appended with one write(2) on an O_APPEND descriptor: several processes
// share one ledger, and a SIGKILL right after Append loses nothing (the page cache lives). It is
// not synced: a ledger does not survive a power loss of the machine it is written on.
//
// Fields: t_ns (CLOCK_MONOTONIC), pid, event, fault (its text form), and where they mean something
// site, occurrence, detail.
//
// A ledger descriptor is close-on-exec. Any process and thread may append: the file is nobody's
// database.

#ifndef HONKER_FAULTS_LEDGER_H_
#define HONKER_FAULTS_LEDGER_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "faults/result.h"

namespace faults {

struct LedgerEntry {
  std::string event;       // "fired", "held", "released", "passed"
  std::string fault;       // Fault::Text()
  std::string site = {};   // "vfs.sync.wal"; empty where the fault has none
  int64_t occurrence = 0;  // which one of that site, from 1; 0 where there are none
  std::string detail = {};
  int64_t t_ns = 0;  // filled in by Append
  int64_t pid = 0;   // filled in by Append
};

class Ledger {
 public:
  // Creates the file if it is not there.
  [[nodiscard]] static Result<Ledger> Open(const std::string& path);

  Ledger(Ledger&& other) noexcept;
  Ledger& operator=(Ledger&& other) noexcept;
  Ledger(const Ledger&) = delete;
  Ledger& operator=(const Ledger&) = delete;
  ~Ledger();

  // Thread-safe. When it returns ok the line is in the file. On an Error the fault must not take
  // effect: an unrecorded fault makes a run unexplainable.
  [[nodiscard]] Status Append(LedgerEntry entry);

 private:
  Ledger(int fd, std::string path) : fd_(fd), path_(std::move(path)) {}
  int fd_;
  std::string path_;
};

// Every entry of the file, in file order. A torn last line is left out; a broken line before it is
// an Error that names its number. Unknown fields are ignored.
[[nodiscard]] Result<std::vector<LedgerEntry>> ReadLedger(const std::string& path);

}  // namespace faults

#endif  // HONKER_FAULTS_LEDGER_H_
