#include "harness/oracle/fault_clean.h"
#include "scenarios/fault/sweep.h"
#include "scenarios/index.h"

namespace scenarios::fault {

const Card every_call_may_fail{
    .name = "fault/every_call_may_fail",
    .claims = {"FAULT-CLEAN"},
    .situation =
        "A commit, a claim with its ack, a checkpoint, an open, a recovery after a kill: each "
        "again and "
        "again on a fresh copy of one database, with the first, the second, the third ... call to "
        "the "
        "VFS failing, until a run makes no call that could.",
    .expectation =
        "The program is told, or need not know; every acknowledged step is there, a failed one as "
        "a "
        "whole or not at all; the database is intact and usable, and a watcher beside hears of the "
        "next commit.",
    .axes = {{.name = "work", .values = {"commit", "claim", "checkpoint", "open", "recovery"}},
             Journals(),
             {.name = "backend", .values = {"none"}, .full = {"polling", "kernel", "shm"}},
             {.name = "fault", .values = {"io_error"}, .full = {"short_io", "deny_lock"}},
             {.name = "at", .values = {"vfs.*"}, .open = true},
             {.name = "nth", .values = {"all"}, .open = true},
             {.name = "error", .values = {"default"}, .open = true},
             {.name = "lasting", .values = {"once"}, .full = {"always"}}},
    .roles = {{"victim:1", "does the work while a call fails"},
              {"checker:1", "looks at the database afterwards, and commits"},
              {"watcher:1", "one subscriber, where there is a back-end"},
              {"maker:1", "made the database"},
              {"mortal:1", "left it to be recovered"}},
    .faults = {"io_error victim:1 at=vfs.* nth=N once"},
    .oracles = {{{"fault_clean", harness::CheckFaultClean}, "FAULT-CLEAN"}},
    .evidence = "calls that were struck, and after them a run in which none was",
    .limits =
        "Calls of the work's own connection fail, not those of the watcher, and only one at a time "
        "(or "
        "every one from there on). Memory is not short. The process lives on; power_loss is "
        "another "
        "matter. A read that is short means the end of the file to SQLite, which believes it: what "
        "is "
        "damaged then is shown by fault=short_io at=vfs.read.*, and not promised to be nothing.",
    .run = RunSweep};

}  // namespace scenarios::fault
