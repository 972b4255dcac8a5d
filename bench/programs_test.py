"""The programs that meet subjects, with several at once: the reference, one unlike it, one that is none.

Nothing here is decided by how fast anything was. Arguments: the folder of the programs, the planted
subject (bench/testing/planted_subject.cc).
"""

import json
import os
import subprocess
import sys
import tempfile
import unittest

BIN = os.path.abspath(sys.argv.pop(1))
PLANTED = os.path.abspath(sys.argv.pop(1))
REFERENCE = os.path.join(os.path.dirname(BIN), "libhonker_ext.so")

IDLE = ["--subscribers", "1", "--databases", "1,2", "--rounds", "2", "--window-ms", "300"]
LATENCY = ["--journal", "wal,delete", "--synchronous", "off", "--rounds", "1", "--commits", "24", "--run-ms", "100"]


def run(name, *arguments, kernel=""):
    """What ended; its JSON as rows by (subject, backend, ...) where it ended well."""
    with tempfile.TemporaryDirectory(prefix="honker-bench-test-") as folder:
        ended = subprocess.run(
            [os.path.join(BIN, name), "--dir", folder, *arguments], stdin=subprocess.DEVNULL, capture_output=True,
            text=True, check=False, timeout=200, env={**os.environ, "PLANTED_KERNEL": kernel},
        )
        report = json.loads(ended.stdout) if ended.returncode == 0 and ended.stdout.startswith("{") else None
        assert os.path.realpath(folder) not in ended.stdout, f"a path of this machine in:\n{ended.stdout}"
    return ended, report


class Idle(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with tempfile.NamedTemporaryFile(prefix="honker-bench-test-", suffix=".so") as nothing:
            cls.ended, cls.report = run(
                "bench_idle_cost", *IDLE, "--subject", f"reference={REFERENCE}", "--subject", f"planted={PLANTED}",
                "--subject", f"nothing={nothing.name}", kernel="dead")

    def row(self, subject, backend, databases=1):
        self.assertEqual(self.ended.returncode, 0, self.ended.stderr)
        found = [r for r in self.report["rows"]
                 if (r["subject"], r["backend"], r["databases"]) == (subject, backend, databases)]
        self.assertEqual(len(found), 1)
        return found[0]

    def test_subjects_stand_side_by_side_in_each_case(self):
        self.assertEqual(self.report["subjects"], ["reference", "planted", "nothing"])
        subjects = [r["subject"] for r in self.report["rows"] if not r["backend"].startswith("sleep")]
        self.assertEqual(subjects, ["reference", "planted", "nothing"] * (len(subjects) // 3))
        self.assertEqual([r["backend"] for r in self.report["rows"] if r["subject"] == ""],
                         ["sleep", "sleep_100ms"])

    def test_a_look_has_a_cost_whoever_looks(self):
        for subject in ("reference", "planted"):
            self.assertGreater(self.row(subject, "polling")["cpu_us_per_look"], 0)
            self.assertGreater(self.row(subject, "polling")["opened"]["cpu_us_per_look"], 0)
            self.assertGreater(self.row(subject, "polling")["opened"]["opens_per_s"], 0)

    def test_only_the_threads_of_the_subject_are_its_own(self):
        self.assertEqual([self.row("planted", "polling", n)["threads"] for n in (1, 2)], [1, 2])
        self.assertNotIn("opened", self.row("planted", "polling", 2))

    def test_lines_on_stderr_are_counted_and_the_first_is_kept(self):
        planted, reference = self.row("planted", "polling"), self.row("reference", "polling")
        for window in (planted, planted["opened"]):
            self.assertGreater(window["stderr_lines_per_s"], 0)
        self.assertEqual(planted["first_stderr_line"], "planted: looked")
        for window in (reference, reference["opened"]):
            self.assertEqual(window["stderr_lines_per_s"], 0)
        self.assertNotIn("first_stderr_line", reference)

    def test_reading_is_no_wake_where_polling_is_used(self):
        self.assertEqual(self.row("planted", "polling")["opened"]["wakes_per_s"], 0)

    def test_what_has_no_figures_says_why(self):
        self.assertEqual(self.row("planted", "shm")["refused"], 'planted: not for "0.db", sorry')
        self.assertEqual(self.row("planted", "kernel", 2)["failed"], "wait ended with an error for 2 of 2 handles")
        self.assertIn("cannot be loaded", self.row("nothing", "polling")["failed"])
        self.assertNotIn("cpu_ms_per_s", self.row("nothing", "polling"))

    def test_a_subject_that_crashes_or_hangs_is_a_row(self):
        for how, why in (("abort", "killed by signal 6: planted: the last line"), ("hang", "no answer for 1500 ms")):
            ended, report = run(
                "bench_idle_cost", "--backend", "kernel", "--subscribers", "1", "--databases", "1", "--rounds", "2",
                "--window-ms", "50", "--limit-ms", "1500", "--subject", f"planted={PLANTED}", kernel=how)
            self.assertEqual(ended.returncode, 0, ended.stderr)
            self.assertEqual([r["failed"] for r in report["rows"]], [why])

    def test_two_of_one_name_are_refused(self):
        ended, _ = run("bench_idle_cost", "--subject", "one=a.so", "--subject", "one=b.so")
        self.assertEqual(ended.returncode, 64)
        self.assertIn("two subjects are called 'one'", ended.stderr)


class Latency(unittest.TestCase):
    def test_each_combination_has_each_subject(self):
        ended, report = run("bench_wake_latency", *LATENCY, "--subject", f"reference={REFERENCE}", "--subject",
                            f"planted={PLANTED}", kernel="abort")
        self.assertEqual(ended.returncode, 0, ended.stderr)
        rows = {(r["subject"], r["backend"], r["journal"]): r for r in report["rows"]}
        self.assertEqual([r["subject"] for r in report["rows"]], ["reference", "planted"] * 8)
        for subject in ("reference", "planted"):
            self.assertGreater(rows[subject, "polling", "wal"]["samples"], 0)
        self.assertEqual(rows["planted", "kernel", "wal"]["failed"], "killed by signal 6: planted: the last line")
        self.assertEqual(rows["planted", "shm", "delete"]["refused"], 'planted: not for "latency.db", sorry')
        self.assertIn("refused", rows["reference", "shm", "delete"])

    def test_a_handle_that_dies_is_a_row_and_what_polls_instead_is_told(self):
        arguments = [*LATENCY, "--backend", "kernel", "--subject", f"planted={PLANTED}"]
        _, dead = run("bench_wake_latency", *arguments, kernel="dead")
        for row in dead["rows"]:
            self.assertIn("the watcher died: wait returned -1", row["failed"])
        _, other = run("bench_wake_latency", *arguments)
        for row in other["rows"]:
            self.assertEqual(row["first_stderr_line"], "planted: polls instead")


class Listener(unittest.TestCase):
    def test_ours_and_bare_have_a_figure_of_each_round_and_latencies_one_by_one(self):
        ended, report = run("bench_listener_cost", "--rounds", "2", "--notifications", "200", "--paced", "20")
        self.assertEqual(ended.returncode, 0, ended.stderr)
        self.assertEqual([(r["backend"], r["batch"]) for r in report["rows"]],
                         [(b, n) for b in ("polling", "shm") for n in (1, 100)])
        for row in report["rows"]:
            for figure in ("per_s", "cpu_us", "bare_per_s", "bare_cpu_us"):
                self.assertEqual(len(row[figure]), 2, row)
                self.assertGreater(min(row[figure]), 0, row)
            self.assertEqual(row.get("samples"), 40 if row["batch"] == 1 else None)
            self.assertEqual("bare_p99_us" in row, row["batch"] == 1)

    def test_a_back_end_that_may_lose_a_wake_is_not_measured(self):
        ended, _ = run("bench_listener_cost", "--backend", "kernel")
        self.assertEqual(ended.returncode, 64)


class Functions(unittest.TestCase):
    def test_every_case_has_figures_ours_and_bare_and_upon_larger_tables(self):
        ended, report = run("bench_sql_cost", "--rounds", "2", "--share", "200", "--most-rows", "2000")
        self.assertEqual(ended.returncode, 0, ended.stderr)
        for row in report["rows"]:
            self.assertNotIn("absent", row)
            for figure in ("per_s", "cpu_us", *(("bare_per_s", "bare_cpu_us") if row["kind"] == "due" else ())):
                self.assertEqual(len(row[figure]), 2, row)
                self.assertGreater(min(row[figure]), 0, row)
        kinds = {(row["kind"], row["rows"]) for row in report["rows"] if row["case"] == "claim and ack"}
        self.assertEqual(kinds, {(k, n) for k in ("dead", "delayed", "in_flight") for n in (2000,)}
                         | {("due", 1000), ("due", 2000)})
        self.assertEqual(report["rows"][-1]["case"], "end to end")

    def test_a_case_runs_alone_to_be_counted_and_another_is_refused(self):
        for side in ("ours", "bare"):
            ended, _ = run("bench_sql_cost", "--count", "claim and ack", "--batch", "8", "--calls", "2", "--side", side)
            self.assertEqual(ended.returncode, 0, ended.stderr)
        ended, _ = run("bench_sql_cost", "--count", "nothing")
        self.assertEqual(ended.returncode, 3)
        self.assertIn("there is no 'nothing'", ended.stderr)


if __name__ == "__main__":
    unittest.main()
