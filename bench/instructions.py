"""How many instructions one job of each case takes, through the functions and bare, counted by valgrind's callgrind.

The count does not depend on what else the machine does. What the kernel does is not in it: a commit by itself looks
cheaper than it is.
"""

import json
import os
import re
import shutil
import subprocess

CALLS = {1: 200, 8: 40, 32: 20}  # batches of so many jobs; 8 of larger ones
TOGGLE = "--toggle-collect=CountedCalls"


def counted(program, folder, case, batch, side):
    """Instructions of one job; None where the program has no such case."""
    calls = CALLS.get(batch, 8)
    ended = subprocess.run(
        ["valgrind", "--tool=callgrind", TOGGLE, "--callgrind-out-file=/dev/null", program, "--dir", folder,
         "--count", case, "--batch", str(batch), "--side", side, "--calls", str(calls)],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=300,
    )
    if ended.returncode != 0:
        return None
    # The guardian of the scratch folder is counted as well: nothing.
    collected = [int(number) for number in re.findall(r"Collected : (\d+)", ended.stderr)]
    return max(collected) / (calls * batch) if collected else None


def count(program, folder, report, most):
    """The first `most` cases of a report of bench_sql_cost, as a report of its own."""
    if shutil.which("valgrind") is None:
        return {"skipped": "not counted, valgrind is not there (ci/setup --bench brings it)"}
    pairs = dict.fromkeys((row["case"], row["batch"]) for row in report["rows"]
                          if "absent" not in row and row["case"] != "end to end")
    version = subprocess.run(["valgrind", "--version"], capture_output=True, text=True, check=True).stdout
    rows = [{"case": case, "batch": batch,
             **{side: counted(program, folder, case, batch, side) for side in ("ours", "bare")}}
            for case, batch in list(pairs)[:most]]
    return {"valgrind": version.strip().removeprefix("valgrind-"), "rows": rows}


def write(program, folder, out, most):
    with open(os.path.join(out, "sql_cost.json"), encoding="utf-8") as file:
        report = json.load(file)
    with open(os.path.join(out, "sql_instructions.json"), "w", encoding="utf-8") as file:
        json.dump(count(program, folder, report, most), file, indent=1)
        file.write("\n")
