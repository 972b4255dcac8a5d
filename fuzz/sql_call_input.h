// An input of the target sql_call, decoded: one call and what stands around it.
//
// An input is (seeds are made by make_corpus.py):
//   "honker_ack/2\n"  which function; a name that is not there stands for some other function
//   5 choices         '0' and up: shape, transaction, world, clock, trouble
//   1 byte            how much trouble
//   arguments         as DecodeValue() (sql_value.h) reads them
#ifndef FUZZ_SQL_CALL_INPUT_H_
#define FUZZ_SQL_CALL_INPUT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "fuzz/promises.h"
#include "fuzz/sql_value.h"
#include "fuzz/world.h"

namespace honker::fuzz {

// A function as pragma_function_list shows it.
struct Function {
  std::string name;
  int arguments;
  const Promise* promise;  // nullptr: nothing is promised beyond what holds for all
};

// Where in a statement the call stands; %s is the call.
struct Shape {
  const char* sql;
  bool reads;  // the statement itself writes nothing
};

// What stands around the statement; nullptr is autocommit.
struct Transaction {
  const char* begin;
  const char* end;
  bool keeps;
};

enum class Trouble {
  kNone,
  kInterrupt,  // sqlite3_interrupt() after some opcodes
  kFull,       // the file may grow by some pages only
  kTooBig,     // texts and rows may have some bytes only
  kCount,
};

struct Input {
  const Function* function;
  Shape shape;
  Transaction transaction;
  World::Kind world;
  int64_t now;
  Trouble trouble;
  int amount;
  std::vector<SqlValue> arguments;
  std::string sql;   // with parameters
  std::string text;  // with values, for people

  // Whether SPEC's strict typing refuses one of the arguments.
  bool RefusesTypes() const;
};

// The function of a first line. Some other one where that is not there, so that every input calls
// something; names, not numbers, so that a new function does not change what old inputs mean.
const Function& ChooseFunction(const std::vector<Function>& functions, const std::string& line);

// Every sequence of bytes is an input. `functions` must outlive it and must not be empty.
Input DecodeInput(const std::vector<Function>& functions, Bytes bytes);

// What is limited, and why; a sentence for people.
const char* LimitsOfInputs();

}  // namespace honker::fuzz

#endif  // FUZZ_SQL_CALL_INPUT_H_
