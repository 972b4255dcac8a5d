// The preload library inside a program: whether anything is to happen, and doing it.
//
// Started by the first intercepted call, whoever makes it: other libraries' constructors come
// before this one's. What it needs lives for ever, because calls come after every destructor, too.
//
// Off costs one load (and one of the control page where there is one), and so does a call that no
// fault can be about. While it decides, a
// thread's own calls pass through untouched (the ledger is written by intercepted calls).
//
// Environment, read once:
//   FAULT_LIBC          faults in text form (plan.h)
//   FAULT_LIBC_CONTROL  a control page (control.h); what is set there replaces FAULT_LIBC
//   FAULT_LEDGER        the file for what fired
//   FAULT_PROCESS       what targets are compared with; without it every fault is for this process
//   FAULT_SEED          for p=; default 0
// A text that cannot be parsed, a page that is none and a ledger that cannot be opened end the
// program with exit 64 and a sentence on stderr: a fault that silently does nothing is worse. A bad
// text can later come through no Control; where one does, it is said once and the old one stays.
//
// libfiu: where FIU_ENABLE or FIU_CTRL_FIFO is set (as fiu-run sets them), each site is a libfiu
// point of that name, its failinfo the errno. Foreign sites of FAULT_LIBC are points that this
// library enables, so a program's own points obey the same text.
#ifndef HONKER_FAULTS_LIBC_RUNTIME_H_
#define HONKER_FAULTS_LIBC_RUNTIME_H_

#include <string>
#include <vector>

#include "faults/libc/plan.h"
#include "faults/libc/sites.h"

namespace faults::libc {

// True where a call of that name passes through untouched, whatever its file. The first thing in
// every intercepted function.
[[nodiscard]] bool Idle(Call call);

// The calls that this thread makes while one of these lives are its own and pass through.
class Inside {
 public:
  Inside();
  ~Inside();
  Inside(const Inside&) = delete;
  Inside& operator=(const Inside&) = delete;

 private:
  int errno_;  // put back at the end
};

// What a descriptor is of. Looks without opening anything.
struct Descriptor {
  explicit Descriptor(int fd);
  std::string path;  // "" where it has none
  File file;
};
// The path of a name relative to a folder's descriptor.
[[nodiscard]] std::string PathAt(int folder, const char* name);

// One intercepted call that is not idle: decided, recorded and, as far as it comes before the call,
// done when the constructor returns.
class Passage {
 public:
  Passage(const char* site, const std::string& path, bool at_libc = true);
  // What comes after the call. Keeps errno.
  ~Passage();
  Passage(const Passage&) = delete;
  Passage& operator=(const Passage&) = delete;

  // The errno with which the call fails without being made; 0: it is made.
  [[nodiscard]] int error() const { return error_; }
  // The errno that is reported though it was made; 0: what it answers.
  [[nodiscard]] int late_error() const { return late_error_; }
  // The bytes that a transfer of `bytes` may have.
  [[nodiscard]] size_t Shortened(size_t bytes) const;

 private:
  std::string path_;
  int error_ = 0;
  int late_error_ = 0;
  bool shorten_ = false;
  int64_t short_bytes_ = -1;  // -1: half
  std::vector<Firing> after_;
};

// What is to happen to one file event; recorded already.
[[nodiscard]] std::vector<Firing> EventFirings(const std::string& path);

// Writes an entry of what became of an earlier firing ("released").
void Record(const char* event, const Firing& firing, const std::string& detail);

}  // namespace faults::libc

#endif  // HONKER_FAULTS_LIBC_RUNTIME_H_
