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

import table

# With the reference alone the whole of it stays under seven minutes on two cores.
FULL = {
    "check_cost": ["--benchmark_repetitions=9", "--benchmark_min_time=0.1"],
    "wake_latency": ["--rounds", "5", "--commits", "240", "--run-ms", "1000"],
    "idle_cost": ["--rounds", "3", "--window-ms", "1000"],
}
QUICK = {
    "check_cost": ["--benchmark_repetitions=3", "--benchmark_min_time=0.03"],
    "wake_latency": ["--rounds", "1", "--commits", "80", "--run-ms", "300"],
    "idle_cost": ["--rounds", "1", "--window-ms", "300"],
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


def measure(options, subjects):
    settings = QUICK if options.quick else FULL
    program = lambda name: os.path.join(options.bin, "bench_" + name)  # noqa: E731
    out = lambda name: os.path.join(options.out, name + ".json")  # noqa: E731
    given = [word for name, file in subjects for word in ("--subject", f"{name}={file}")]
    run(program("check_cost"),
        ["--dir", options.dir, f"--benchmark_out={out('check_cost')}",
         "--benchmark_enable_random_interleaving=true", *settings["check_cost"]], 120)
    for name in ("wake_latency", "idle_cost"):
        run(program(name), ["--dir", options.dir, "--out", out(name), *given, *settings[name]], 600 * len(subjects))


def main():
    parser = table.Parser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", required=True, help="folder of the programs")
    parser.add_argument("--out", default="build/bench", help="folder for the JSON (default: %(default)s)")
    parser.add_argument("--dir", help="where databases are made and removed (default: --out)")
    parser.add_argument("--subject", action="append", default=[], metavar="[NAME=]FILE",
                        help="extension library to measure beside that of the build; as often as one likes")
    parser.add_argument("--quick", action="store_true", help="under a minute; the figures are rough")
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
    measure(options, subjects)
    machine = {
        "date": datetime.date.today().isoformat(),
        "cpu": cpu_model(),
        "cores": os.cpu_count(),
        "kernel": platform.release(),
        "file_system": file_system(options.dir),
        "sqlite": table.load(options.out, "wake_latency")["sqlite"],
        "subjects": [{"name": name, "file": os.path.basename(file)} for name, file in subjects],
        "load_before": before,
        "load_after": load_average(),
        "niceness": os.nice(0),
        "quick": options.quick,
    }
    with open(os.path.join(options.out, "machine.json"), "w", encoding="utf-8") as file:
        json.dump(machine, file, indent=1)
        file.write("\n")
    text = table.document(options.out)
    sys.stdout.write(text)
    if options.docs:
        table.write_docs(options.docs, text)


if __name__ == "__main__":
    try:
        main()
    except table.Problem as problem:
        sys.exit(f"run.py: {problem}")
    except KeyboardInterrupt:
        sys.exit(130)
