"""The tables of a small sample, by their lines; and what table.py refuses."""

import os
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
SMALL = os.path.join(HERE, "testdata", "small")


def run(*arguments):
    return subprocess.run(
        [sys.executable, os.path.join(HERE, "table.py"), *arguments], capture_output=True, text=True, check=False
    )


class Tables(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.result = run(SMALL)
        cls.lines = cls.result.stdout.splitlines()

    def line(self, *parts):
        found = [line for line in self.lines if all(part in line for part in parts)]
        self.assertEqual(len(found), 1, f"{parts} in:\n{self.result.stdout}{self.result.stderr}")
        return found[0]

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
        self.line("| wal | off | polling | 0.50 | 0.49 to 0.51 | 1.00 | 1.10 | 1.20 | 0.51 | 1.00 | 1200 | 1.00 | 0 of 60 |")
        self.line("| wal | off | kernel | 0.02 | - | 0.09 | - | 4.00 | 0.05 | 0.10 | 590 | 1.50 | 10 of 30 |")

    def test_a_refusal_is_one_line_and_no_path(self):
        self.line("| delete | off, full | shm | refused |")
        self.line("*needs WAL*")
        self.assertNotIn("/somewhere", self.result.stdout)

    def test_idle_cost_is_held_against_sleeping(self):
        self.line("only sleeps", "| 10.0 | 1.00 | 1000 |")
        self.line("| polling | 10 | 1 | 150 | 1.50 | 10000 | 10 | 40 |")
        self.line("| shm | 1 | 1 | refused |")


class Docs(unittest.TestCase):
    def test_only_what_is_between_the_markers_changes(self):
        sys.path.insert(0, HERE)
        import table  # pylint: disable=import-outside-toplevel

        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "performance.md")
            with open(path, "w", encoding="utf-8") as file:
                file.write(f"before\n{table.BEGIN}\nold\n{table.END}\nafter\n")
            for _ in range(2):
                self.assertEqual(run(SMALL, "--docs", path).returncode, 0)
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
