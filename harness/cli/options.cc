#include "harness/cli/options.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <map>

#include "faults/fs/file_systems.h"
#include "harness/base/exit_codes.h"
#include "harness/base/number.h"

namespace harness {
namespace {

constexpr const char* kDescription =
    "honker-harness: which promises about wakes, swaps and claims hold here, cell by cell, with "
    "proof";

constexpr const char* kExamples =
    "Examples:\n"
    "  honker-harness list                                  scenarios, with their claims\n"
    "  honker-harness show wake/rollback_is_silent          one card\n"
    "  honker-harness faults                                faults, their sites and keys\n"
    "  honker-harness faults io_error 'vfs.sync.*' --json   a part of them, for programs\n"
    "  honker-harness run --quick                           one seed, one synchronous level\n"
    "  honker-harness run --full                            what takes long as well\n"
    "  honker-harness run wake WAKE-SEEN --journal wal      a group and a claim, WAL only\n"
    "  honker-harness run wake --fs tmpfs,btrfs,two_mounts  a group, on other file systems (root)\n"
    "  honker-harness run --subject ./libother.so --sqlite ./sqlite3.c --dir /mnt/there\n"
    "  honker-harness run --subject old=./libold.so --subject new=./libnew.so\n"
    "  honker-harness sweep io_error at=vfs.* once          fail the 1st, 2nd, 3rd ... call\n"
    "  honker-harness sweep io_error at='vfs.sync.*' error=ENOSPC --axis work=commit --journal "
    "wal\n"
    "  honker-harness replay 'wake/idle_is_silent backend=polling journal=wal what=idle "
    "sqlite=3.40.1 seed=7'\n"
    "  honker-harness report runs/latest                    print a run's atlas again\n"
    "Exit codes: 0 as expected, 1 broken, changed or the subject crashed, 2 unknown,\n"
    "4 nothing selected, 64 usage, 69 a package is missing, 70 the harness failed, 130 "
    "interrupted.\n";

ParsedOptions UsageError(const std::string& message) {
  std::fprintf(stderr, "honker-harness: %s\n(honker-harness --help shows the options)\n",
               message.c_str());
  return {{}, kExitUsage};
}

Status ReadShard(const std::string& text, Selection& selection) {
  const size_t slash = text.find('/');
  uint64_t i = 0;
  uint64_t n = 0;
  const bool ok = slash != std::string::npos && ReadNumber(text.substr(0, slash), i) &&
                  ReadNumber(text.substr(slash + 1), n) && i >= 1 && i <= n && n <= 10'000;
  if (!ok) return Error{"--shard takes I/N with 1 <= I <= N, such as 2/4, not \"" + text + "\""};
  selection.shard = static_cast<int>(i);
  selection.shards = static_cast<int>(n);
  return Ok();
}

}  // namespace

ParsedOptions ParseOptions(int argc, char** argv) {
  Options o;
  std::vector<std::string> backends, journals, file_systems, axes;
  std::string seed, shard;
  CLI::App app{kDescription, "honker-harness"};
  app.footer(kExamples);
  app.require_subcommand(1);
  const std::map<std::string, std::string> commands = {
      {"list", "list scenarios, with their claims and axes"},
      {"show", "show NAME: a scenario's card"},
      {"faults",
       "faults [KIND|LAYER|SITE...]: list faults, where they can happen and what may be seen of "
       "them"},
      {"run", "run [FILTER...]: run the cells that the filters select (all without one)"},
      {"sweep",
       "sweep KIND [at=SITES] [error=ERRNO] [nth=N] [once|always]: fail every call in turn, of a "
       "commit, a claim, a checkpoint, an open and a recovery"},
      {"replay", "replay CELL: run one cell again, by the name that reports print"},
      {"report", "report DIR: print the atlas of a run again, and judge kept histories again"}};
  for (const auto& [name, what] : commands) {
    CLI::App* sub = app.add_subcommand(name, what);
    sub->footer(kExamples);
    sub->allow_extras();
    sub->add_option("words", o.arguments, "filters, or the thing named above");
    sub->add_option("--subject", o.subjects,
                    "the extension library under test; NAME=LIBRARY gives it a name in reports. "
                    "Several stand side by side")
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    if (name == "faults") {
      sub->add_flag("--json", o.json, "one JSON object");
      continue;
    }
    sub->add_option("--sqlite", o.sqlite,
                    "a libsqlite3.so.0, or a sqlite3.c that is compiled once");
    sub->add_option("--actor", o.actors,
                    "NAME=COMMAND: another program that speaks docs/protocol.md; may be repeated")
        ->allow_extra_args(false);
    sub->add_option("--backend", backends, "watcher backends to run")
        ->delimiter(',')
        ->allow_extra_args(false);
    sub->add_option("--journal", journals, "journal modes to run")
        ->delimiter(',')
        ->allow_extra_args(false);
    sub->add_option(
           "--fs", file_systems,
           "run on other file systems (needs root): names separated by commas, or all (but "
           "fuse_locks, which loses rows by itself)")
        ->delimiter(',')
        ->allow_extra_args(false);
    sub->add_option("--axis", axes, "NAME=VALUE: one value of any axis; may be repeated")
        ->allow_extra_args(false);
    sub->add_option("--seed", seed, "decimal; default: from the clock, printed first");
    sub->add_option("--repeat", o.selection.repeat, "runs of each cell, with seeds N, N+1, ...")
        ->check(CLI::Range(1, 100'000));
    sub->add_option("--jobs", o.jobs, "cells at a time (default: seven a core)")
        ->check(CLI::Range(1, 256));
    sub->add_option("--shard", shard, "I/N: every N-th cell, from the I-th");
    CLI::Option* quick =
        sub->add_flag("--quick", o.selection.quick, "the quick values of each axis");
    sub->add_flag("--full", o.selection.full, "what takes too long for every run, too")
        ->excludes(quick);
    sub->add_option("--expect", o.expect,
                    "a JSON file of what a subject does otherwise; NAME=FILE: that subject only")
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    sub->add_option("--dir", o.dir, "where databases are made (default: in the run's folder)");
    sub->add_option("--out", o.out, "where reports go")->capture_default_str();
    sub->add_flag("--keep", o.keep,
                  "keep databases and histories of cells that went as expected, too");
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp& e) {
    app.exit(e);
    return {{}, kExitAsExpected};
  } catch (const CLI::ParseError& e) {
    std::string message = e.what();
    if (argc > 1 && argv[1][0] != '-' && !commands.contains(argv[1])) {
      std::vector<std::string> names;
      for (const auto& [name, what] : commands) names.push_back(name);
      message = "there is no command \"" + std::string(argv[1]) + "\"; the nearest is \"" +
                Nearest(argv[1], names) + "\"";
    }
    return UsageError(message);
  }
  CLI::App* chosen = app.get_subcommands().front();
  o.command = chosen->get_name();
  for (const std::string& extra : chosen->remaining()) {
    std::vector<std::string> known;
    for (const CLI::Option* option : chosen->get_options()) {
      if (!option->get_lnames().empty()) known.push_back("--" + option->get_lnames().front());
    }
    return UsageError("there is no option \"" + extra + "\"; the nearest is \"" +
                      Nearest(extra, known) + "\"");
  }
  if (!seed.empty() && !ReadNumber(seed, o.selection.seed)) {
    return UsageError("--seed takes a decimal number below 2^63, not \"" + seed + "\"");
  }
  o.seed_given = !seed.empty();
  if (!shard.empty()) {
    if (Status s = ReadShard(shard, o.selection); !s.ok()) return UsageError(s.error());
  }
  o.selection.filters = o.arguments;
  if (!backends.empty()) o.selection.axes["backend"] = backends;
  if (!journals.empty()) o.selection.axes["journal"] = journals;
  if (file_systems == std::vector<std::string>{"all"}) {
    const auto names = faults::FileSystemNames();
    file_systems.assign(names.begin(), names.end());
    std::erase(file_systems, "fuse_locks");  // loses rows by itself: only where it is named
  }
  if (!file_systems.empty()) o.selection.axes["fs"] = file_systems;
  for (const std::string& axis : axes) {
    const size_t equals = axis.find('=');
    if (equals == std::string::npos || equals == 0)
      return UsageError("--axis takes NAME=VALUE, not \"" + axis + "\"");
    o.selection.axes[axis.substr(0, equals)].push_back(axis.substr(equals + 1));
  }
  const bool one_word = o.command == "show" || o.command == "replay" || o.command == "report";
  if (one_word && o.arguments.size() != 1) {
    return UsageError(o.command + " takes one argument (a cell name with blanks wants quotes)");
  }
  return {o, -1};
}

}  // namespace harness
