// Which cells run: filters, axis values, seeds and shards over the cards of a catalogue.
#ifndef HARNESS_MATRIX_SELECTION_H_
#define HARNESS_MATRIX_SELECTION_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "harness/matrix/cell.h"

namespace harness {

struct Selection {
  std::vector<std::string> filters;  // scenario, "group", "group/*", or a claim id
  // axis -> values to take. `fs` is one of every card: without it cells run where the run does.
  std::map<std::string, std::vector<std::string>> axes;
  std::vector<std::string> more_backends;  // offered by the subject beyond the documented three
  std::string sqlite_version;
  uint64_t seed = 1;
  int repeat = 1;      // repeats take seed, seed+1, ...
  bool quick = false;  // the quick values of each axis, unless `axes` names some
  bool full = false;   // all values of each axis, unless `axes` names some; not with quick
  int shard = 1;       // of shards, counted from 1
  int shards = 1;
};

// In the order of the cards. An error names the filter, axis or value that nothing has, and the
// nearest one that something has. Nothing selected is an empty list, not an error.
Result<std::vector<Cell>> Select(const std::vector<const Card*>& cards, const Selection& selection);

// The candidate with the smallest edit distance; "" where there is none.
std::string Nearest(const std::string& word, const std::vector<std::string>& candidates);

}  // namespace harness

#endif  // HARNESS_MATRIX_SELECTION_H_
