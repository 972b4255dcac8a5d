// Pieces of work that are measured twice: through the SQL functions of a subject, and through the
// bare prepared statements that do no more than the work itself on the same tables, which is the
// limit of anything built on SQLite.
#ifndef BENCH_SQL_CASES_H_
#define BENCH_SQL_CASES_H_

#include <functional>
#include <string>
#include <vector>

#include "bench/support/program.h"

namespace bench {

// Does the work for so many jobs (or rows, events, calls), a whole number of batches.
using Work = std::function<void(int jobs)>;

// What one window, or the way of all jobs through two processes, came to.
struct Speed {
  double per_s;   // jobs a second, of the clock on the wall
  double cpu_us;  // CPU time of a job, in all threads that took part
};

struct SqlCase {
  std::string name;
  int batch = 1;         // jobs in one transaction or one call
  int jobs = 0;          // in one timed window
  std::string feed;      // SQL before a window, ?1 the jobs; neither is timed
  std::string clean;     // SQL after it: the tables are as before
  bool grows = false;    // measured upon large tables as well
  std::string function;  // the one it needs; where a subject lacks it the case is absent
  Work ours;
  Work bare;  // none where there is nothing to hold it against
};

// Through the functions, or through bare statements.
enum class Way { kOurs, kBare };

// Pending jobs of the queue "work", in transactions of `batch`.
Work Enqueuing(sqlite3* db, Way way, int batch);
// Claims up to `batch` of them and acks them in one transaction; how many there were.
std::function<int()> ClaimingAndAcking(sqlite3* db, Way way, int batch);

// Prepared on that connection, which must outlive them. Work that fails ends the program.
std::vector<SqlCase> SqlCases(sqlite3* db);

// SQL that makes `rows` more rows of one kind: due, dead, delayed, in_flight, events.
std::string Populate(const std::string& kind, int rows);

}  // namespace bench

#endif  // BENCH_SQL_CASES_H_
