// What the surface promises about each function, as data: what it takes, what it answers, whether
// it only reads, and how an answer can be compared with the rows.
#ifndef FUZZ_PROMISES_H_
#define FUZZ_PROMISES_H_

#include <sqlite3.h>

#include <string>
#include <vector>

#include "fuzz/sql_value.h"

namespace honker::fuzz {

enum class Answers {
  kAnything,  // a function that is not in the table: NULL, an integer or a text
  kOne,
  kBool,
  kWait,  // -1, 0 or 1
  kInteger,
  kCount,  // 0 or more
  kId,     // 1 or more
  kArray,  // a JSON array
  kObjectOrEmpty,
  kTextOrNull,
};

struct Promise {
  const char* name;
  const char* takes;  // a letter an argument, as Accepts() has them
  Answers answers;
  bool only_reads = false;
  // Has to find a row after the call: ?1 and up are the arguments, ?20 is the answer.
  const char* kept = nullptr;
};

// nullptr for a function that is not in the table.
const Promise* PromiseOf(const std::string& name, int arguments);

// A finding unless `answer` is what the function promises. `db` shows the database after the call.
void CheckAnswer(sqlite3* db, const Promise* promise, const std::vector<SqlValue>& arguments,
                 const SqlValue& answer);

}  // namespace honker::fuzz

#endif  // FUZZ_PROMISES_H_
