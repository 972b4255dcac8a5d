// A cell: one scenario with one value on each axis and a seed. It is what runs, and what a verdict
// is about.
#ifndef HARNESS_MATRIX_CELL_H_
#define HARNESS_MATRIX_CELL_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "harness/matrix/card.h"

namespace harness {

struct Cell {
  const Card* card = nullptr;
  std::vector<std::pair<std::string, std::string>> axes;  // in the order of the card
  std::string sqlite_version;
  uint64_t seed = 0;
  std::string subject = {};  // its name; "" where a run has only one

  // The value on that axis; "" where the card has no such axis.
  const std::string& Get(std::string_view axis) const;
  // "wake/rollback_is_silent backend=kernel journal=truncate sqlite=3.40.1 seed=71", with
  // "subject=NAME" before the SQLite where a run has several
  std::string Name() const;
  // The same without subject, sqlite and seed: what expectations are written about.
  std::string Place() const;
  // A folder name made from it.
  std::string Folder() const;
  // What the cell's random choices start from: depends on place and seed alone.
  uint64_t RandomSeed() const;
};

}  // namespace harness

#endif  // HARNESS_MATRIX_CELL_H_
