// The atlas as tables: for each claim backends x journal modes, with the figures behind each
// verdict.
#ifndef HARNESS_REPORT_TABLES_H_
#define HARNESS_REPORT_TABLES_H_

#include <string>

#include "harness/base/value.h"

namespace harness {

// Markdown whose columns are padded, so that it reads as well on a terminal. Holds: what was run,
// the verdict table of each claim, what differed from what was expected, known divergences with
// their counts, what was not run and why, and the commands that rerun what failed.
std::string AtlasMarkdown(const Value& atlas);

// The end of a run in a few lines: counts by verdict, and the failures with their rerun commands.
std::string Summary(const Value& atlas, const std::string& folder);

}  // namespace harness

#endif  // HARNESS_REPORT_TABLES_H_
