// A scenario card: what is tried, why, and what is expected, on one screen.
//
// Cards are written with designated initialisers in the order below: a misspelt or misplaced field
// does not compile, and ValidateCard refuses one that leaves a field empty.
#ifndef HARNESS_MATRIX_CARD_H_
#define HARNESS_MATRIX_CARD_H_

#include <string>
#include <string_view>
#include <vector>

#include "harness/oracle/oracle.h"

namespace harness {

struct Cell;
class Stage;

// One dimension of the matrix. `quick` is what `--quick` takes; empty means all of `values`. `full`
// is what `--full` takes beside `values`, or an axis that is named: what costs too many seconds for
// every run. An axis without `values` makes its card one of the full matrix alone.
struct Axis {
  std::string name;
  std::vector<std::string> values;
  std::vector<std::string> quick = {};
  std::vector<std::string> full = {};
  bool open = false;  // any other value may be named, too

  // `values`, then `full`.
  std::vector<std::string> All() const;
};

struct Role {
  std::string_view process;  // "writer:1"
  std::string_view does;
};

// An oracle, the claim that its verdict is about, and what it has to know.
struct CardOracle {
  Oracle oracle;
  std::string_view claim;
  Value params = Value::MakeObject();
};

struct Card {
  std::string_view name;                 // "group/what_is_promised"
  std::vector<std::string_view> claims;  // ids of docs/contracts.md
  std::string_view situation;
  std::string_view expectation;
  std::vector<Axis> axes;
  std::vector<Role> roles;
  std::vector<std::string_view> faults;  // text forms; {"none"} where there are none
  std::vector<CardOracle> oracles;
  std::string_view evidence;  // what must have happened for a verdict to mean anything
  std::string_view limits;    // what this card does not show
  // Optional: whether a cell takes so much of what the machine has only a little of (file-event
  // instances, ...) that the others would fail beside it. Such cells run last, one at a time.
  bool (*alone)(const Cell&) = nullptr;
  // The situation itself. Speaks to actors through the stage; judges nothing: that is the oracles'.
  void (*run)(Stage&) = nullptr;
};

// An error names the card and the field.
Status ValidateCard(const Card& card);

// The three that honker documents; a subject may offer others.
bool IsDocumentedBackend(std::string_view name);

// The axes that most cards share. Quick form: one synchronous level.
Axis Backends(std::vector<std::string> values = {"polling", "kernel", "shm"});
Axis Journals(std::vector<std::string> values = {"delete", "truncate", "persist", "wal"},
              std::vector<std::string> full = {});
Axis SyncLevels(std::vector<std::string> values = {"off", "normal", "full"});

}  // namespace harness

#endif  // HARNESS_MATRIX_CARD_H_
