// The command line of a benchmark program: --help with examples, exit code 64 for misuse.
#ifndef BENCH_SUPPORT_OPTIONS_H_
#define BENCH_SUPPORT_OPTIONS_H_

#include <string>
#include <vector>

#include "bench/support/subject.h"

namespace bench {

// What to read from the command line: each value stands there as its default before.
struct Option {
  Option(std::string name, std::string* value, std::string help)
      : name(std::move(name)), text(value), help(std::move(help)) {}
  Option(std::string name, int* value, std::string help)
      : name(std::move(name)), number(value), help(std::move(help)) {}
  Option(std::string name, double* value, std::string help)
      : name(std::move(name)), real(value), help(std::move(help)) {}
  // Separated by commas; only members of what it holds at first.
  Option(std::string name, std::vector<std::string>* value, std::string help)
      : name(std::move(name)), words(value), help(std::move(help)) {}
  Option(std::string name, std::vector<int>* value, std::string help)
      : name(std::move(name)), numbers(value), help(std::move(help)) {}
  // Given as often as one likes, each FILE or NAME=FILE; no name twice.
  Option(std::string name, std::vector<NamedSubject>* value, std::string help)
      : name(std::move(name)), subjects(value), help(std::move(help)) {}

  std::string name;
  std::string* text = nullptr;
  int* number = nullptr;
  double* real = nullptr;
  std::vector<std::string>* words = nullptr;
  std::vector<int>* numbers = nullptr;
  std::vector<NamedSubject>* subjects = nullptr;
  std::string help;
};

// Numbers have to be greater than 0. Ends the process for --help and for misuse.
void ParseOptions(int argc, char** argv, const std::string& about, const std::string& examples,
                  const std::vector<Option>& options);

// Writes to the file, or to standard output where it is "-". Ends the process where it cannot.
void WriteOut(const std::string& file, const std::string& text);

}  // namespace bench

#endif  // BENCH_SUPPORT_OPTIONS_H_
