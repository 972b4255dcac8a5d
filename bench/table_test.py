"""The tables of a small sample, by their lines; and what table.py refuses."""

import os
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
SMALL = os.path.join(HERE, "testdata", "small")
TWO = os.path.join(HERE, "testdata", "two")


def run(*arguments):
    return subprocess.run(
        [sys.executable, os.path.join(HERE, "table.py"), *arguments], capture_output=True, text=True, check=False
    )


class Sample(unittest.TestCase):
    folder = None

    @classmethod
    def setUpClass(cls):
        if cls.folder is None:
            raise unittest.SkipTest("what the samples share")
        cls.result = run(cls.folder)
        cls.lines = cls.result.stdout.splitlines()

    def line(self, *parts):
        found = [line for line in self.lines if all(part in line for part in parts)]
        self.assertEqual(len(found), 1, f"{parts} in:\n{self.result.stdout}{self.result.stderr}")
        return found[0]


class Tables(Sample):
    folder = SMALL

    def test_names_the_machine_and_says_that_the_run_was_quick(self):
        self.assertEqual(self.result.returncode, 0, self.result.stderr)
        for word in ("Some CPU", "2 cores", "Linux 6.1.0", "ext4", "SQLite 3.40.1", "2026-01-31", "0.10", "0.20", "quick"):
            self.assertIn(word, self.lines[0])

    def test_a_check_is_the_median_of_the_repetitions_without_the_aggregates(self):
        self.line("prepared once", "| wal | 1100 | 1.00 |")
        self.line("**one check of polling**", "| wal | 1320 | 1.20 |")

    def test_a_target_is_met_or_missed(self):
        self.line("reading the header", "12.0 ns", "| met |")
        self.line("beside the cached pragma, wal", "1.20", "missed")
        self.line("from COMMIT to wake", "worst 0.50 ms, 1 of 1 below", "| met |")

    def test_latency_has_its_ratio_and_what_was_lost(self):
        self.line("| wal | off | reference | polling | 0.50 | 0.49 to 0.51 | 1.00 | 1.10 | 1.20 | 0.51 | 1.00 | 1.00 | 1200 "
                  "| 1.00 | 0 of 60 |")
        self.line("| wal | off | reference | kernel | 0.02 | - | 0.09 | - | 4.00 | 0.05 | 0.10 | 1.00 | 590 | 1.50 "
                  "| 10 of 30 |")

    def test_a_refusal_is_one_line_and_no_path(self):
        self.line("| delete | off, full | reference | shm | refused |")
        self.line("*needs WAL*")
        self.assertNotIn("/somewhere", self.result.stdout)

    def test_idle_cost_is_held_against_sleeping(self):
        self.line("only sleeps", "| 1.00 | 1.00 | - | 9.00 | 1000 |")
        self.line("| reference | polling | 10 | 1 | 15.0 | 1.50 | 1.00 | 15.0 | 10000 | 0 | 10 | 40 |")
        self.line("| reference | shm | 1 | 1 | refused |")

    def test_one_subject_is_beside_nothing(self):
        self.assertNotIn("### Beside", self.result.stdout)


class TwoSubjects(Sample):
    folder = TWO

    def test_names_both_and_no_name_breaks_a_table(self):
        self.assertEqual(self.result.returncode, 0, self.result.stderr)
        self.assertIn("`libhonker_ext.so` as reference, `libother.so` as other@1\\|2;", self.lines[0])
        for line in self.lines:
            if line.startswith("|"):
                self.assertNotIn("other@1|2", line)

    def test_a_subject_is_held_against_itself_and_against_the_reference(self):
        self.line("| wal | off | reference | polling |", "| 0.50 | 1.00 | 1.00 | 600 |")
        self.line("| wal | off | other@1\\|2 | polling |", "| 1.00 | 1.00 | 2.00 | 600 |")
        self.line("| wal | full | other@1\\|2 | polling |", "| 0.80 | 1.00 | 4.00 | 600 |")

    def test_beside_has_the_ratios_of_each_backend(self):
        self.line("| other@1\\|2 | polling | 3.00 | 2 of 2 | 1.50 | 3.00 | 0.50 | 3.00 |")
        self.line("| other@1\\|2 | kernel | - | 0 of 1 | - | - | - | - |")
        self.line("| other@1\\|2 | shm | - | 0 of 1 | - | - | - | - |")

    def test_targets_are_those_of_the_reference(self):
        self.line("from COMMIT to wake", "worst 0.40 ms, 2 of 2 below")

    def test_who_has_no_figures_has_a_row_and_a_sentence(self):
        self.line("| wal | off | other@1\\|2 | kernel | failed |")
        self.line("other@1|2, kernel, failed: *killed by signal 6: no such backend*")
        self.line("reference, shm, refused: *cannot: needs a map*")
        self.line("| other@1\\|2 | kernel | 1 | 1 | failed |")
        self.line("*wait ended with an error for 1 of 1 handles*")
        self.line("| reference | kernel | failed: killed by signal 11 |")
        self.line("| wal | off | other@1\\|2 | shm | - |", "| 3 of 3 |")

    def test_what_was_said_on_stderr_is_told_once_and_not_beside_a_failure(self):
        self.line('other@1|2, shm, on standard error: *other: shm is not built in: "polling" is used*')
        self.assertNotIn("kernel, on standard error", self.result.stdout)

    def test_idle_has_the_cost_of_a_look_and_the_lines_on_stderr(self):
        self.line("| reference | polling | 1 | 1 | 1.60 | 1.60 | 1.00 | 15.0 | 1000 | 0 | 1 | 4 |")
        self.line("| other@1\\|2 | polling | 1 | 1 | 2.40 | 2.40 | 1.50 | 45.0 | 500 | 2.00 | 1 | 4 |")
        self.line("| reference | kernel | 1 | 1 | 0.04 | 0.04 | 1.00 | - | 10 | 0 | 1 | 2 |")

    def test_what_others_who_open_it_cost(self):
        self.line("| other@1\\|2 | polling | 190 | 6.00 | 2.50 | 80.0 | 700 | 150 | 0.50 |")


class Docs(unittest.TestCase):
    def test_only_what_is_between_the_markers_changes(self):
        sys.path.insert(0, HERE)
        import table  # pylint: disable=import-outside-toplevel

        begin, end, _ = table.HALVES["watching"]
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "performance.md")
            with open(path, "w", encoding="utf-8") as file:
                file.write(f"before\n{begin}\nold\n{end}\nafter\n")
            for _ in range(2):
                self.assertEqual(run(SMALL, "--only", "watching", "--docs", path).returncode, 0)
            with open(path, encoding="utf-8") as file:
                text = file.read()
        self.assertTrue(text.startswith("before\n") and text.endswith("\nafter\n"))
        self.assertEqual(text.count("### Idle"), 1)
        self.assertNotIn("old", text)

    def test_refusals(self):
        self.assertEqual(run().returncode, 64)
        self.assertEqual(run(SMALL, "--nonsense").returncode, 64)
        nothing = run(HERE)
        self.assertEqual(nothing.returncode, 1)
        self.assertIn("machine.json", nothing.stderr)
        no_markers = run(SMALL, "--docs", os.path.join(SMALL, "machine.json"))
        self.assertEqual(no_markers.returncode, 1)
        self.assertIn("not both there", no_markers.stderr)


if __name__ == "__main__":
    unittest.main()
