// faults-file: carries out one file fault from its text form, for scripts and for tests that watch
// what it does from outside.
//
// Usage: faults-file 'FAULT' --db PATH [--replacement PATH] [--replacement-directory PATH]
//                    [--parked PATH] [--link PATH] --ledger PATH
// Exit codes: 0 done (prints both identities), 1 failed or refused (the reason on stderr), 64
// usage. A process of its own: nothing here can drop a lock of a process that uses the database.
#include <cstdio>
#include <cstring>
#include <map>
#include <string>

#include "faults/file/apply.h"

namespace {

constexpr int kFailed = 1;
constexpr int kUsage = 64;

int Usage(const std::string& what) {
  std::fprintf(stderr,
               "faults-file: %s\n"
               "usage: faults-file 'FAULT' --db PATH [--replacement PATH] [--replacement-directory "
               "PATH] [--parked PATH] [--link PATH] --ledger PATH\n"
               "example: faults-file 'swap db by=rename_over keep=wal' --db app.db --replacement "
               "new.db --ledger ledger.jsonl\n",
               what.c_str());
  return kUsage;
}

int Fail(const std::string& message) {
  std::fprintf(stderr, "faults-file: %s\n", message.c_str());
  return kFailed;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 2 && std::strcmp(argv[1], "--help") == 0) {
    Usage("one file fault, from its text form (faults/file/apply.h)");
    return 0;
  }
  faults::FileTargets targets;
  std::string text, ledger_path;
  const std::map<std::string, std::string*> options = {
      {"--db", &targets.database},
      {"--replacement", &targets.replacement},
      {"--replacement-directory", &targets.replacement_directory},
      {"--parked", &targets.parked},
      {"--link", &targets.link},
      {"--ledger", &ledger_path}};
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    const auto option = options.find(word);
    if (option != options.end()) {
      if (++i == argc) return Usage(word + " needs a value");
      *option->second = argv[i];
    } else if (word.starts_with("--") || !text.empty()) {
      return Usage("unknown argument '" + word + "'");
    } else {
      text = word;
    }
  }
  if (text.empty() || targets.database.empty() || ledger_path.empty())
    return Usage("a fault, --db and --ledger are needed");
  const auto fault = faults::ParseFault(text);
  if (!fault.ok()) return Fail(fault.Message());
  auto ledger = faults::Ledger::Open(ledger_path);
  if (!ledger.ok()) return Fail(ledger.Message());
  const auto outcome = faults::ApplyFileFault(fault.value(), targets, ledger.value());
  if (!outcome.ok()) return Fail(outcome.Message());
  std::printf("%s -> %s\n", outcome.value().before.Text().c_str(),
              outcome.value().after.Text().c_str());
  return 0;
}
