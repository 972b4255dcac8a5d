#!/usr/bin/env python3
"""Runs every benchmark program, writes what they measured as JSON and prints the tables.

ci/bench builds the programs and calls this. A busy machine is measured all the same, and the load average
goes into the report; everything runs in several interleaved rounds and medians are given. The library of the build
is always measured, as "reference"; each --subject in the same rounds beside it.

Examples:
  bench/run.py --bin build/release/bin
  bench/run.py --bin build/release/bin --quick --out /tmp/figures
  bench/run.py --bin build/release/bin --docs docs/performance.md
  bench/run.py --bin build/release/bin --subject one=libone_ext.so --subject two=libtwo_ext.so

Exit codes: 0 done, 1 a program failed, 64 usage.
"""

import argparse
import datetime
import json
import os
import platform
import subprocess
import sys

import instructions
import table
from markdown import Parser, Problem

# With the reference alone watching stays under seven minutes on two cores, the functions under five.
FULL = {
    "check_cost": ["--benchmark_repetitions=9", "--benchmark_min_time=0.1"],
    "wake_latency": ["--rounds", "5", "--commits", "240", "--run-ms", "1000"],
    "idle_cost": ["--rounds", "3", "--window-ms", "1000"],
    "sql_cost": ["--rounds", "9"],
    "listener_cost": ["--rounds", "9"],
    "stepped": ["--commits", "100000"],
    "cron": ["--benchmark_repetitions=5", "--benchmark_min_time=0.05"],
    "counted": 100,
}
QUICK = {
    "check_cost": ["--benchmark_repetitions=3", "--benchmark_min_time=0.03"],
    "wake_latency": ["--rounds", "1", "--commits", "80", "--run-ms", "300"],
    "idle_cost": ["--rounds", "1", "--window-ms", "300"],
    "stepped": ["--commits", "360", "--others", "144", "--dropped", "3", "--busy-ms", "100"],
    "sql_cost": ["--rounds", "1", "--share", "20", "--most-rows", "2000"],
    "listener_cost": ["--rounds", "1", "--notifications", "500", "--paced", "50"],
    "cron": ["--benchmark_repetitions=1", "--benchmark_min_time=0.01"],
    "counted": 1,
}


def cpu_model():
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        for line in file:
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.machine()


def file_system(folder):
    """The type of the mount that `folder` is on."""
    folder = os.path.realpath(folder)
    best = ("", "unknown")
    with open("/proc/mounts", encoding="utf-8") as file:
        for line in file:
            _, point, kind = line.split()[:3]
            point = point.replace("\\040", " ")
            inside = folder == point or folder.startswith(point.rstrip("/") + "/")
            if inside and len(point) >= len(best[0]):
                best = (point, kind)
    return best[1]


def load_average():
    return f"{os.getloadavg()[0]:.2f}"


def run(program, arguments, seconds):
    print(f"{os.path.basename(program)} ...", file=sys.stderr, flush=True)
    try:
        code = subprocess.run([program, *arguments], stdout=subprocess.DEVNULL, timeout=seconds, check=False).returncode
    except (OSError, subprocess.TimeoutExpired) as error:
        sys.exit(f"{program}: {error}")
    if code != 0:
        sys.exit(f"{program} ended with {code}")


def named_subject(text):
    """(name, absolute file) of NAME=FILE or FILE; a '=' after the first '/' belongs to the file."""
    name, equals, file = text.partition("=")
    if not equals or not name or "/" in name:
        name, file = os.path.basename(text), text
    return name, os.path.abspath(file)


def all_subjects(options, parser):
    """[(name, file)], the reference first; ends with 64 where two have one name or a file is not there."""
    reference = os.path.join(os.path.dirname(os.path.abspath(options.bin)), "libhonker_ext.so")
    subjects = [("reference", reference), *map(named_subject, options.subject)]
    names = [name for name, _ in subjects]
    for name, file in subjects:
        if names.count(name) > 1:
            parser.error(f"two subjects are called '{name}'; give them names, NAME=FILE")
        if not os.path.isfile(file):
            parser.error(f"the subject '{name}': there is no file {file}")
    return subjects


def settings_of(options):
    return QUICK if options.quick else FULL


def program(options, name):
    return os.path.join(options.bin, "bench_" + name)


def measure_watching(options, subjects):
    settings = settings_of(options)
    out = lambda name: os.path.join(options.out, name + ".json")  # noqa: E731
    given = [word for name, file in subjects for word in ("--subject", f"{name}={file}")]
    run(program(options, "check_cost"),
        ["--dir", options.dir, f"--benchmark_out={out('check_cost')}",
         "--benchmark_enable_random_interleaving=true", *settings["check_cost"]], 120)
    for name in ("wake_latency", "idle_cost"):
        run(program(options, name), ["--dir", options.dir, "--out", out(name), *given, *settings[name]],
            600 * len(subjects))


def measure_backends(options):
    run(program(options, "stepped"),
        ["--dir", options.dir, "--out", os.path.join(options.out, "stepped.json"), *settings_of(options)["stepped"]],
        3600)


def measure_functions(options):
    settings = settings_of(options)
    name = program(options, "sql_cost")
    for half, seconds in (("sql_cost", 1800), ("listener_cost", 600)):
        run(program(options, half),
            ["--dir", options.dir, "--out", os.path.join(options.out, half + ".json"), *settings[half]], seconds)
    run(program(options, "cron"),
        [f"--benchmark_out={os.path.join(options.out, 'cron.json')}", "--benchmark_enable_random_interleaving=true",
         "--benchmark_filter=^(again|walk)/[a-z0-9_]+/(UTC|Europe/Berlin)$", *settings["cron"]], 300)
    print("counting instructions ...", file=sys.stderr, flush=True)
    instructions.write(name, options.dir, options.out, settings["counted"])


def describe_machine(options, before):
    return {
        "date": datetime.date.today().isoformat(),
        "cpu": cpu_model(),
        "cores": os.cpu_count(),
        "kernel": platform.release(),
        "file_system": file_system(options.dir),
        "load_before": before,
        "load_after": load_average(),
        "niceness": os.nice(0),
        "quick": options.quick,
    }


def write_json(options, name, value):
    with open(os.path.join(options.out, name + ".json"), "w", encoding="utf-8") as file:
        json.dump(value, file, indent=1)
        file.write("\n")


def main():
    parser = Parser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", required=True, help="folder of the programs")
    parser.add_argument("--out", default="build/bench", help="folder for the JSON (default: %(default)s)")
    parser.add_argument("--dir", help="where databases are made and removed (default: --out)")
    parser.add_argument("--subject", action="append", default=[], metavar="[NAME=]FILE",
                        help="extension library to measure beside that of the build; as often as one likes")
    parser.add_argument("--quick", action="store_true", help="under a minute; the figures are rough")
    parser.add_argument("--only", choices=table.HALVES, help="measure that half (default: both)")
    parser.add_argument("--docs", metavar="FILE", help="write the tables into this file as well")
    options = parser.parse_args()
    if options.quick and options.docs:
        parser.error("figures of a quick run do not go into the documentation")
    subjects = all_subjects(options, parser)
    options.dir = options.dir or options.out
    os.makedirs(options.out, exist_ok=True)
    os.makedirs(options.dir, exist_ok=True)
    before = load_average()
    if float(before) > 0.5 * os.cpu_count():
        print(f"the load average is {before}: something else is running, figures will suffer", file=sys.stderr)
    halves = [options.only] if options.only else list(table.HALVES)
    if "watching" in halves:
        measure_watching(options, subjects)
        write_json(options, "machine", {
            **describe_machine(options, before),
            "sqlite": table.load(options.out, "wake_latency")["sqlite"],
            "subjects": [{"name": name, "file": os.path.basename(file)} for name, file in subjects],
        })
    if "functions" in halves:
        before = load_average()
        measure_functions(options)
        write_json(options, "sql_machine", describe_machine(options, before))
    if "backends" in halves:
        measure_backends(options)
    table.show(options.out, halves, options.docs)


if __name__ == "__main__":
    try:
        main()
    except Problem as problem:
        sys.exit(f"run.py: {problem}")
    except KeyboardInterrupt:
        sys.exit(130)
