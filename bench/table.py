#!/usr/bin/env python3
"""Turns what the benchmark programs measured into tables.

FOLDER holds what ci/bench leaves in build/bench: of watching machine.json, check_cost.json, wake_latency.json and
idle_cost.json (what is in the last two stands at the head of bench/wake_latency.cc and bench/idle_cost.cc), of the
functions what bench/sql_table.py reads. Ratios between subjects are to the first of them, of the same line in the
same run. Prints Markdown; with --docs the same goes between the marker lines of FILE. --only says which half.

Examples:
  bench/table.py build/bench
  bench/table.py build/bench --docs docs/performance.md

Exit codes: 0 done, 1 a file is missing or has no markers, 64 usage.
"""

import argparse
import os
import re
import statistics
import sys

import backends_table
import sql_table
from markdown import Parser, Problem, cell, load, machine_line, number, table, verdict, write_docs

MAPPED_NS = 25
POLLING_RATIO = 1.1
POLLING_P50_MS = 0.65

# What each line of the first table is, and which line of the same journal mode it is held against.
CHECKS = [
    ("bare/pragma_prepared_each_time", "`PRAGMA data_version`, prepared each time"),
    ("bare/pragma_cached", "`PRAGMA data_version`, prepared once"),
    ("check/polling", "**one check of polling**"),
    ("bare/fcntl_data_version", "`SQLITE_FCNTL_DATA_VERSION` (sees nothing that was not read before)"),
    ("bare/pread_change_counter", "`pread` of the change counter"),
    ("bare/stat", "`stat`"),
    ("check/kernel", "**one check of kernel** (`read` of an empty inotify descriptor)"),
    ("bare/mapped_change_word", "mapped WAL-index, iChange alone"),
    ("bare/mapped_header_both_copies", "mapped WAL-index, both copies compared"),
    ("part/shm_header", "mapped WAL-index as shm reads it: both copies and the checksum"),
    ("check/shm", "**one check of shm** (that, after a `stat` of `-shm`)"),
]


def check_medians(report):
    """{name: ns of CPU}, the median of the repetitions."""
    found = {}
    for run in report["benchmarks"]:
        if run.get("error_occurred"):
            raise Problem(f"check_cost: {run['name']}: {run['error_message']}")
        if run.get("run_type") == "iteration":
            found.setdefault(run["run_name"], []).append(run["cpu_time"])
    return {name: statistics.median(times) for name, times in found.items()}


def ratio(medians, name, other):
    return medians[name] / medians[other] if name in medians and other in medians else None


def check_table(medians):
    rows = []
    for name, what in CHECKS:
        for mode in ("wal", "delete"):
            full = f"{name}/{mode}"
            if full in medians:
                against = ratio(medians, full, f"bare/pragma_cached/{mode}")
                if against is None:
                    against = ratio(medians, full, "bare/pragma_cached/wal")
                rows.append([what, mode, number(medians[full]), number(against)])
    return table(["what", "journal", "ns of CPU", "x cached pragma"], rows)


def over(value, base):
    return value / base if value is not None and base else None


def get(row, *path):
    """What is at that path of keys; None where it ends before."""
    for key in path:
        row = row.get(key) if row is not None else None
    return row


def no_figures(row):
    """The word for a row that has none; None for one that has."""
    return next((word for word in ("refused", "failed") if word in row), None)


def sentences(rows):
    """What refusals, failures and standard error said, each once, with who said it where."""
    said = {}
    for row in rows:
        for key, word in (("refused", "refused"), ("failed", "failed"), ("first_stderr_line", "on standard error")):
            if key in row and not (key == "first_stderr_line" and no_figures(row)):
                sentence = re.sub(r': "[^"]*"$', "", row[key])  # which database it was
                said.setdefault((row["subject"], word, sentence), []).append(row["backend"])
    return "".join(
        f"\n\n{subject}, {' and '.join(dict.fromkeys(backends))}, {word}: *{cell(sentence)}*"
        for (subject, word, sentence), backends in said.items()
    )


def target_table(medians, latency):
    rows = []

    def add(what, target, value, shown, kept):
        if value is not None:
            rows.append([what, target, shown(value), verdict(kept(value))])

    below = lambda limit: lambda value: value < limit  # noqa: E731
    ns = lambda value: f"{number(value)} ns"  # noqa: E731
    add("mapped check: reading the header", f"< {MAPPED_NS} ns", medians.get("part/shm_header/wal"), ns, below(MAPPED_NS))
    add("mapped check: shm as a whole", f"< {MAPPED_NS} ns", medians.get("check/shm/wal"), ns, below(MAPPED_NS))
    for mode in ("wal", "delete"):
        value = ratio(medians, f"check/polling/{mode}", f"bare/pragma_cached/{mode}")
        add(f"polling check beside the cached pragma, {mode}", f"<= {POLLING_RATIO}", value,
            lambda v: f"{v:.2f}", lambda v: v <= POLLING_RATIO)
    first = latency["subjects"][0]
    polled = [row for row in latency["rows"]
              if row["subject"] == first and row["backend"] == "polling" and "p50_us" in row]
    if polled and latency["interval_ms"] == 1:
        cells = [row["p50_us"] / 1e3 for row in polled]
        good = sum(cell < POLLING_P50_MS for cell in cells)
        rows.append([
            "polling, p50 from COMMIT to wake, 1 ms cadence", f"< {POLLING_P50_MS} ms",
            f"median of the {len(cells)} combinations {number(statistics.median(cells))} ms, worst "
            f"{number(max(cells))} ms, {good} of {len(cells)} below", verdict(good == len(cells)),
        ])
    return table(["target", "limit", "measured", ""], rows)


def milliseconds(row, figure):
    return number(row[figure] / 1e3) if row.get(figure) is not None else "-"


def spread(row):
    """The lowest and the highest p50 of a round."""
    rounds = row.get("p50_us_rounds") or []
    return f"{number(min(rounds) / 1e3)} to {number(max(rounds) / 1e3)}" if len(rounds) > 1 else "-"


def latency_table(report):
    cells = latency_cells(report)
    first = report["subjects"][0]
    rows, without = [], {}
    for row in report["rows"]:
        if no_figures(row):
            key = (row["journal"], row["backend"], row["subject"], no_figures(row))
            without.setdefault(key, []).append(row["synchronous"])
    for row in report["rows"]:
        place = (row["journal"], row["synchronous"])
        start = [cell(row["subject"]), row["backend"]]
        if no_figures(row):
            levels = without[(row["journal"], row["backend"], row["subject"], no_figures(row))]
            if row["synchronous"] == levels[0]:
                rows.append([row["journal"], ", ".join(levels), *start, no_figures(row)] + ["-"] * 10)
            continue
        seen = row.get("seen_p50_us")
        rows.append([
            *place, *start, milliseconds(row, "p50_us"), spread(row),
            *[milliseconds(row, f) for f in ("p99_us", "p99_9_us", "max_us", "seen_p50_us")],
            number(over(seen, get(cells.get((row["subject"], "polling", *place)), "seen_p50_us"))),
            number(over(seen, get(cells.get((first, row["backend"], *place)), "seen_p50_us"))),
            str(row["samples"]), f"{row['wakes'] / row['commits']:.2f}", f"{row['lost']} of {row['judged']}",
        ])
    head = ["journal", "synchronous", "subject", "backend", "p50 ms", "of a round", "p99", "p99.9", "max",
            "re-read p50", "x polling", f"x {cell(first)}", "commits", "wakes a commit", "lost"]
    return table(head, rows) + sentences(report["rows"])


def latency_cells(report):
    return {(r["subject"], r["backend"], r["journal"], r["synchronous"]): r for r in report["rows"]}


def idle_cells(report):
    return {(r["subject"], r["backend"], r["databases"], r["subscribers"]): r for r in report["rows"]}


def percent(row):
    return number(row["cpu_ms_per_s"] / 10)


def idle_table(report):
    cells, rows = idle_cells(report), []
    first = report["subjects"][0]
    floor = next((r for r in report["rows"] if r["backend"] == "sleep"), None)
    for row in report["rows"]:
        count = [str(row["databases"]), str(row["subscribers"])]
        if no_figures(row):
            rows.append([cell(row["subject"]), row["backend"], *count, no_figures(row)] + ["-"] * 7)
            continue
        sleeps = row["backend"].startswith("sleep")
        seldom = ", 100 ms at a time" if row["backend"] == "sleep_100ms" else ""
        base = cells.get((first, row["backend"], row["databases"], row["subscribers"]))
        rows.append([
            *(["-", "a thread that only sleeps" + seldom] if sleeps else [cell(row["subject"]), row["backend"]]), *count,
            percent(row), number(over(row["cpu_ms_per_s"] / row["databases"], get(floor, "cpu_ms_per_s"))),
            number(over(row["cpu_ms_per_s"], get(base, "cpu_ms_per_s"))),
            number(row.get("cpu_us_per_look")), f"{row['wakeups_per_s']:.0f}", number(row["stderr_lines_per_s"]),
            f"{row['threads']:.0f}", f"{row['descriptors']:.0f}",
        ])
    head = ["subject", "backend", "databases", "subscribers of each", "CPU % of a core", "a database, x sleeping",
            f"x {cell(first)}", "CPU per look, us", "wake-ups a second", "lines on stderr a second", "threads",
            "descriptors"]
    return table(head, rows) + sentences(report["rows"])


def opened_table(report):
    """What the same costs while somebody else opens, reads and closes the database."""
    rows = []
    for row in report["rows"]:
        opened = row.get("opened")
        if opened is None:
            continue
        start = [cell(row["subject"]), row["backend"]]
        if no_figures(opened):
            rows.append([*start, f"{no_figures(opened)}: {cell(opened[no_figures(opened)])}"] + ["-"] * 6)
            continue
        rows.append([
            *start, number(opened["opens_per_s"]), percent(opened),
            number(over(opened["cpu_ms_per_s"], row["cpu_ms_per_s"])), number(opened.get("cpu_us_per_look")),
            f"{opened['wakeups_per_s']:.0f}", number(opened["wakes_per_s"]), number(opened["stderr_lines_per_s"]),
        ])
    head = ["subject", "backend", "opened, times a second", "CPU % of a core", "x left alone", "CPU per look, us",
            "wake-ups a second", "wakes a second", "lines on stderr a second"]
    return table(head, rows)


def beside_table(latency, idle):
    """Each other subject in ratios to the first; None where there is no other."""
    first, *others = latency["subjects"]
    waits, costs, rows = latency_cells(latency), idle_cells(idle), []
    for subject in others:
        for backend in dict.fromkeys(row["backend"] for row in latency["rows"]):
            places = [key[2:] for key in waits if key[:2] == (subject, backend)]
            ratios = [over(waits[(subject, backend, *place)].get("seen_p50_us"),
                           get(waits.get((first, backend, *place)), "seen_p50_us")) for place in places]
            ratios = [value for value in ratios if value is not None]
            own, base = (costs.get((name, backend, 1, 1)) for name in (subject, first))
            cost = lambda *path: number(over(get(own, *path), get(base, *path)))  # noqa: E731, B023
            rows.append([
                cell(subject), backend, number(statistics.median(ratios)) if ratios else "-",
                f"{len(ratios)} of {len(places)}", cost("cpu_ms_per_s"), cost("cpu_us_per_look"),
                cost("wakeups_per_s"), cost("opened", "cpu_ms_per_s"),
            ])
    head = ["subject", "backend", "re-read p50, median", "combinations", "idle CPU", "CPU per look", "wake-ups",
            "CPU while opened by others"]
    return table(head, rows) if others else None


def document(folder):
    machine = load(folder, "machine")
    checks, latency, idle = (load(folder, name) for name in ("check_cost", "wake_latency", "idle_cost"))
    medians = check_medians(checks)
    gaps = [row["gap_ms"] for row in latency["rows"] if "gap_ms" in row]
    pace = f"{number(min(gaps))} to {number(max(gaps))} ms" if gaps else "-"
    names = ", ".join(f"`{s['file']}` as {cell(s['name'])}" for s in machine["subjects"])
    beside = beside_table(latency, idle)
    return "\n\n".join([
        machine_line(machine, f"SQLite {machine['sqlite']}, subjects {names}"),
        "### Targets", target_table(medians, latency),
        *([f"### Beside {cell(latency['subjects'][0])}",
           "Ratios within this run; idle with one database and one subscriber.", beside] if beside else []),
        "### One check", check_table(medians),
        "### From COMMIT to wake",
        f"{latency['rounds']} rounds, mean gap between commits {pace}, interval {latency['interval_ms']} ms.",
        latency_table(latency),
        "### Idle",
        f"{idle['rounds']} rounds of {idle['window_ms']} ms each, interval {idle['interval_ms']} ms.",
        idle_table(idle),
        "### While others open and close the database", opened_table(idle),
    ]) + "\n"


# What is measured in one go and written between one pair of lines: the lines, and what stands there.
HALVES = {
    "watching": ("<!-- figures: written by `ci/bench --docs`, not by hand -->", "<!-- end of figures -->", document),
    "functions": ("<!-- figures of the functions: written by `ci/bench --docs`, not by hand -->",
                  "<!-- end of figures of the functions -->", sql_table.document),
    # On a page of its own, beside the other: docs/backends.md. Takes the figures of watching, too.
    "backends": ("<!-- figures of the backends: written by `ci/bench --docs`, not by hand -->",
                 "<!-- end of figures of the backends -->", backends_table.document),
}


def show(folder, halves, docs):
    """Prints the tables, and puts them into the file `docs` where there is one."""
    for half in halves:
        begin, end, make = HALVES[half]
        text = make(folder)
        sys.stdout.write(text)
        if docs:
            page = os.path.join(os.path.dirname(docs), "backends.md") if half == "backends" else docs
            write_docs(page, begin, end, text)


def main():
    parser = Parser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", metavar="FOLDER")
    parser.add_argument("--docs", metavar="FILE")
    parser.add_argument("--only", choices=HALVES)
    options = parser.parse_args()
    try:
        show(options.folder, [options.only] if options.only else HALVES, options.docs)
    except (Problem, OSError) as problem:
        sys.exit(f"{parser.prog}: {problem}")


if __name__ == "__main__":
    main()
