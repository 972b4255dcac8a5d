#include "harness/oracle/fault_clean.h"
#include "scenarios/fault/sweep.h"
#include "scenarios/index.h"

namespace scenarios::fault {

const Card journal_cannot_be_seen{
    .name = "fault/journal_cannot_be_seen",
    .claims = {"FAULT-CLEAN"},
    .situation =
        "A writer was killed in a commit and left a hot journal; the next process cannot find out "
        "whether there is one: stat and access fail, from the first time on, from the second ...",
    .expectation = "It is told, and reads nothing that was never committed.",
    .axes = {{.name = "work", .values = {"recovery"}},
             Journals({"delete", "truncate", "persist"}),
             {.name = "backend", .values = {"none"}},
             {.name = "fault", .values = {"io_error"}},
             {.name = "at", .values = {"vfs.access.*"}},
             {.name = "nth", .values = {"all"}},
             {.name = "error", .values = {"default"}},
             {.name = "lasting", .values = {"always"}}},
    .roles = {{"victim:1", "opens the database, reads and writes"},
              {"checker:1", "looks at the database afterwards, and commits"},
              {"maker:1", "made the database"},
              {"mortal:1", "left it to be recovered"}},
    .faults = {"io_error victim:1 at=vfs.access.* nth=N always"},
    .oracles = {{{"fault_clean", harness::CheckFaultClean}, "FAULT-CLEAN"}},
    .evidence = "calls that were struck, and after them a run in which none was",
    .limits =
        "That they fail once is in fault/every_call_may_fail: the next transaction asks again, and "
        "rolls back.",
    .run = RunSweep};

}  // namespace scenarios::fault
