// One fault, and its text form: the same line in scenario cards, on the command line, in ledgers,
// timelines and rerun commands.
//
//   <kind> <target> [key=value ...] [once|always]
//
//   kill worker:1 at=claim.committed nth=1
//   swap db by=rename_over keep=wal,shm
//   io_error writer:* at=vfs.sync.wal nth=2 error=EIO once
//   gate writer:1 at=vfs.sync.wal dir="/tmp/with blank"
//
// A value with blanks, quotes, ';', '=' or control characters, or an empty one, stands in double
// quotes, with \" \\ \n \t and \xHH inside. Kinds and their keys are in kinds.def.
//
// What is not covered: whether a target or a site exists; whoever carries the fault out knows that.

#ifndef HONKER_FAULTS_FAULT_H_
#define HONKER_FAULTS_FAULT_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "faults/result.h"

namespace faults {

enum class Lasting {
  kUnsaid,  // nothing was written: the kind's own default
  kOnce,    // transient
  kAlways,  // persistent
};

struct Fault {
  std::string kind;
  std::string target;
  std::vector<std::pair<std::string, std::string>> params;  // in the order they were written
  Lasting lasting = Lasting::kUnsaid;

  // The value of `key`, or `fallback` where the fault does not say.
  [[nodiscard]] std::string Get(std::string_view key, std::string_view fallback = "") const;
  [[nodiscard]] bool Has(std::string_view key) const;
  // As Get, for keys whose values are whole numbers (the parser has checked that they are).
  [[nodiscard]] int64_t GetInt(std::string_view key, int64_t fallback) const;

  // The text form. Parse(f.Text()) == f for every fault that Parse accepts.
  [[nodiscard]] std::string Text() const;

  friend bool operator==(const Fault&, const Fault&) = default;
};

// Exactly one fault. An error names the column (from 1), what stands there, and the nearest word
// that would have been right.
[[nodiscard]] Result<Fault> ParseFault(std::string_view text);

// Any number of faults, separated by ';' or newlines; none is an empty list.
[[nodiscard]] Result<std::vector<Fault>> ParseFaults(std::string_view text);

// What kinds.def says about one kind.
struct FaultKind {
  std::string_view name;
  bool must_say_lasting;
  std::vector<std::string_view> keys;
  std::string_view summary;
};
[[nodiscard]] const std::vector<FaultKind>& AllFaultKinds();

// What values a key takes; for generators of random faults and for help texts.
enum class ValueType {
  kText,         // anything
  kPositive,     // 1, 2, ...
  kNonNegative,  // 0, 1, ...
  kInteger,      // any sign
  kProbability,  // 0 to 1
  kErrno,        // EIO, ENOSPC, ...
  kHex,          // bytes, two hexadecimal digits each, at least one
  kChoice,       // one of Choices
  kChoiceList,   // several of Choices, separated by commas, or "none"
};
struct FaultKey {
  std::string_view name;
  ValueType type;
  std::vector<std::string_view> choices = {};
  std::string_view only_kind = {};  // the kind for which the key means this; empty: all others
};
[[nodiscard]] const std::vector<FaultKey>& AllFaultKeys();
// The meaning of `name` for `kind`, which must have that key.
[[nodiscard]] const FaultKey& KeyOf(const FaultKind& kind, std::string_view name);

// 5 for "EIO"; 0 where it is no name of an errno.
[[nodiscard]] int ErrnoByName(std::string_view name);

// The candidate with the smallest edit distance to `word`; "" when there are none.
[[nodiscard]] std::string_view Nearest(std::string_view word,
                                       const std::vector<std::string_view>& candidates);

}  // namespace faults

#endif  // HONKER_FAULTS_FAULT_H_
