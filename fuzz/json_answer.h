// Answers that are JSON: they parse, in two parsers, and what they say is what the rows say.
#ifndef FUZZ_JSON_ANSWER_H_
#define FUZZ_JSON_ANSWER_H_

#include <sqlite3.h>

#include <string>
#include <vector>

#include "fuzz/promises.h"

namespace honker::fuzz {

// A finding unless `json` is compact JSON of the promised kind, and the jobs of a claim are the
// claimed rows with their texts intact. `db` shows the database after the call.
void CheckJson(sqlite3* db, const Promise& promise, const std::vector<SqlValue>& arguments,
               const std::string& json);

}  // namespace honker::fuzz

#endif  // FUZZ_JSON_ANSWER_H_
