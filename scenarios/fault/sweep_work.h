// What fault/every_call_may_fail breaks: pieces of work on a database of three rows and three jobs.
#ifndef SCENARIOS_FAULT_SWEEP_WORK_H_
#define SCENARIOS_FAULT_SWEEP_WORK_H_

#include <string>
#include <vector>

#include "scenarios/steps.h"

namespace scenarios::fault {

struct Work {
  const char* name;
  std::vector<std::string> steps;  // statements; an empty one reads the state
  bool opens;                      // opening the database is the first step
  bool crashed;                    // a killed writer left it to be recovered
  bool jobs;                       // with the subject
};

// Ends the cell as `error` for a name that is none.
const Work& WorkNamed(const std::string& name);

// What the database holds, as one text: one statement.
std::string StateQuery(const Work& work);

// Makes the database at `path`, closed, in the cell's journal mode; for crashed work with the hot
// journal, or the WAL, of a writer that was killed.
void MakeTemplate(Stage& stage, const Work& work, const std::string& path);

// The database and its sidecars, but for the -shm, under another name; likewise removed, with it.
void CopyDatabase(const std::string& from, const std::string& to);
void RemoveDatabase(const std::string& path);

}  // namespace scenarios::fault

#endif  // SCENARIOS_FAULT_SWEEP_WORK_H_
