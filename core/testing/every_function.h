// Every SQL function of the extension, found by asking SQLite, with its parameters, found by asking
// the function: a test over all of them covers a new one without a line. And one database that
// gives most of them something to do.
#ifndef CORE_TESTING_EVERY_FUNCTION_H_
#define CORE_TESTING_EVERY_FUNCTION_H_

#include <string>
#include <vector>

#include "core/testing/scratch.h"

namespace honker::testing {

struct Parameter {
  std::string name;
  // As the messages of core/sql/arguments.h say it.
  enum Type { kText, kTextOrNull, kInteger, kIntegerOrNull } type = kText;

  bool TakesText() const { return type == kText || type == kTextOrNull; }
  bool TakesNull() const { return type == kTextOrNull || type == kIntegerOrNull; }
};

struct SqlFunction {
  std::string name;
  std::vector<Parameter> parameters;

  // "honker_ack(1, 'w')"
  std::string Call(const std::vector<std::string>& arguments) const;
};

// Ends the test with a message where a function does not say what it takes.
std::vector<SqlFunction> FindFunctions(Database& db);

// Arguments, as SQL, that make the function do all it can with the rows of FillWorld(); for a
// function that is not known here, anything of the right types.
std::vector<std::string> GoodArguments(const SqlFunction& function);

// Makes the rows of all tables of ours those of the world, whatever they were; on a bootstrapped
// database whose clock is that of fixed_clock.h.
void FillWorld(Database& db);

// All rows of all tables of ours as one text, and the schema.
std::string Dump(Database& db);

}  // namespace honker::testing

#endif  // CORE_TESTING_EVERY_FUNCTION_H_
