"""The tables of the functions, by the lines of a small sample; and the two halves of the documentation."""

import os
import subprocess
import sys
import tempfile
import unittest

import instructions
import table

HERE = os.path.dirname(os.path.abspath(__file__))
SMALL = os.path.join(HERE, "testdata", "small")
TWO = os.path.join(HERE, "testdata", "two")


def run(*arguments):
    return subprocess.run(
        [sys.executable, os.path.join(HERE, "table.py"), *arguments], capture_output=True, text=True, check=False
    )


class Tables(unittest.TestCase):
    def setUp(self):
        self.result = run(SMALL, "--only", "functions")

    def line(self, *parts):
        found = [line for line in self.result.stdout.splitlines() if all(part in line for part in parts)]
        self.assertEqual(len(found), 1, f"{parts} in:\n{self.result.stdout}{self.result.stderr}")
        return found[0]

    def test_names_the_machine_and_who_counted(self):
        self.line("counted by valgrind 3.19.0")
        for word in ("Some CPU", "ext4", "0.30 before and 0.40 after", "SQLite 3.40.1", "2 rounds"):
            self.assertIn(word, self.line("Measured on"))

    def test_a_ratio_is_the_median_of_the_rounds_by_cpu_time(self):
        self.line("| enqueue | 1 | 25000 | 0.90 | 45.0 | 41.5 | **0.93** | 0.90 to 0.95 | 75,000 | 69,000 | 0.92 |")
        self.line("| end to end | 32 | 9050 | 1.00 | 81.0 | 81.0 | **1.00** | 1.00 to 1.00 | - | - | - |")

    def test_a_target_is_met_or_missed(self):
        self.line("enqueue, 1 at once, beside bare", ">= 0.9", "0.93", "| met |")
        self.line("claim and ack, 128 at once, beside bare", ">= 0.7", "0.61", "missed")
        self.line("end to end, 32 at once, beside bare", "| met |")

    def test_what_a_large_table_leaves_is_measured_against_the_small_one(self):
        self.line("| case | batch | 1,000,000 due | 1,000,000 dead |")
        self.line("| enqueue | 1 | 0.90 | 0.50 |")
        self.line("enqueue, 1 at once, speed kept", "worst 0.50, with 1,000,000 dead", "missed")

    def test_a_function_that_is_missing_is_a_line(self):
        self.line("absent: `honker_stream_read_since`")

    def test_a_listener_stands_beside_bare_and_has_latencies_where_there_were_pauses(self):
        self.line("| polling | 1 | 19500 | 0.88 | 17.0 | 14.0 | **0.82** | 0.81 to 0.84 | 0.55 | 0.52 | 2.40 | 2.80 | 600 |")
        self.line("| polling | 100 | 120000 | 0.50 | 4.00 | 2.00 | **0.50** | - | - | - | - | - | - |")

    def test_cron_is_asked_in_two_ways(self):
        self.line("| `nightly` | Europe/Berlin | 3,000,000 | 2,500,000 |")

    def test_without_counts_and_large_tables_that_is_said(self):
        self.result = run(TWO, "--only", "functions")
        self.line("not counted, for a test")
        self.line("Nothing was measured upon larger tables.")


class Halves(unittest.TestCase):
    def test_each_half_is_written_between_its_own_lines(self):
        with tempfile.TemporaryDirectory(prefix="honker-bench-test-") as folder:
            path = os.path.join(folder, "docs.md")
            marks = [mark for begin, end, _ in table.HALVES.values() for mark in (begin, "old", end)]
            with open(path, "w", encoding="utf-8") as file:
                file.write("\n".join(marks))
            self.assertEqual(run(SMALL, "--only", "functions", "--docs", path).returncode, 0)
            with open(path, encoding="utf-8") as file:
                text = file.read()
        watching, functions, _ = (text.split(begin)[1].split(end)[0] for begin, end, _ in table.HALVES.values())
        self.assertEqual(watching.strip(), "old")
        self.assertIn("### Functions beside bare statements", functions)
        self.assertNotIn("old", functions)


class Counting(unittest.TestCase):
    REPORT = {"rows": [{"case": "enqueue", "batch": 1}, {"case": "notify", "batch": 1, "absent": "notify"},
                       {"case": "enqueue", "batch": 1}, {"case": "end to end", "batch": 32}]}
    VALGRIND = """#!/bin/sh
case "$*" in
  --version) echo valgrind-9.9.9 ;;
  *--count\\ enqueue*--side\\ ours*) echo '==1== Collected : 0'; echo '==2== Collected : 30000' ;;
  *) exit 3 ;;
esac >&$(test "$1" = --version && echo 1 || echo 2)
"""

    def count(self, valgrind):
        path = os.environ["PATH"]
        with tempfile.TemporaryDirectory(prefix="honker-bench-test-") as folder:
            if valgrind:
                name = os.path.join(folder, "valgrind")
                with open(name, "w", encoding="utf-8") as file:
                    file.write(self.VALGRIND)
                os.chmod(name, 0o755)
            os.environ["PATH"] = f"{folder}:{path}" if valgrind else folder
            try:
                return instructions.count("program", folder, self.REPORT, 100)
            finally:
                os.environ["PATH"] = path

    def test_where_valgrind_is_missing_it_is_said(self):
        self.assertIn("ci/setup --bench", self.count(valgrind=False)["skipped"])

    def test_each_case_is_counted_once_a_side_and_what_is_missing_has_no_count(self):
        self.assertEqual(self.count(valgrind=True), {
            "valgrind": "9.9.9", "rows": [{"case": "enqueue", "batch": 1, "ours": 150.0, "bare": None}]})


if __name__ == "__main__":
    unittest.main()
