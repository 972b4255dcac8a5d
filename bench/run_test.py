"""What bench/run.py makes of its subjects, with planted programs that only write down how they were called."""

import json
import os
import stat
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
TWO = os.path.join(HERE, "testdata", "two")

# Answers with what was measured once, wherever the JSON is wanted.
PROGRAM = """#!/bin/sh
printf '%s\\n' "$@" > "$0.called"
while [ $# -gt 0 ]; do
  case $1 in
    --out) out=$2 ;;
    --benchmark_out=*) out=${1#--benchmark_out=} ;;
  esac
  shift
done
cp "TWO/NAME.json" "$out"
"""


class Subjects(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="honker-bench-test-")
        self.addCleanup(folder.cleanup)
        self.folder = os.path.realpath(folder.name)
        self.bin = os.path.join(self.folder, "bin")
        os.mkdir(self.bin)
        for name in ("check_cost", "wake_latency", "idle_cost", "stepped", "sql_cost", "listener_cost", "cron"):
            path = os.path.join(self.bin, "bench_" + name)
            with open(path, "w", encoding="utf-8") as file:
                file.write(PROGRAM.replace("TWO", TWO).replace("NAME", name))
            os.chmod(path, stat.S_IRWXU)
        self.reference = self.file("libhonker_ext.so")
        self.other = self.file("libother.so")

    def file(self, name):
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="utf-8"):
            return path

    def run_it(self, *arguments):
        return subprocess.run(
            [sys.executable, os.path.join(HERE, "run.py"), "--bin", self.bin, "--out",
             os.path.join(self.folder, "out"), "--quick", *arguments],
            capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL, cwd=self.folder,
        )

    def given(self, name):
        """The subjects that the program was called with."""
        with open(os.path.join(self.bin, f"bench_{name}.called"), encoding="utf-8") as file:
            words = file.read().split("\n")
        return [words[i + 1] for i, word in enumerate(words) if word == "--subject"]

    def test_the_reference_stands_alone_where_nothing_is_asked(self):
        ran = self.run_it()
        self.assertEqual(ran.returncode, 0, ran.stderr)
        self.assertEqual(self.given("idle_cost"), [f"reference={self.reference}"])

    def test_every_program_that_meets_subjects_gets_all_of_them_after_the_reference(self):
        ran = self.run_it("--subject", f"a={self.other}", "--subject", self.other)
        self.assertEqual(ran.returncode, 0, ran.stderr)
        wanted = [f"reference={self.reference}", f"a={self.other}", f"libother.so={self.other}"]
        for name in ("wake_latency", "idle_cost"):
            self.assertEqual(self.given(name), wanted)
        self.assertEqual(self.given("check_cost"), [])
        with open(os.path.join(self.folder, "out", "machine.json"), encoding="utf-8") as file:
            self.assertEqual(json.load(file)["subjects"], [
                {"name": "reference", "file": "libhonker_ext.so"}, {"name": "a", "file": "libother.so"},
                {"name": "libother.so", "file": "libother.so"},
            ])
        self.assertIn("### Beside reference", ran.stdout)

    def test_one_half_leaves_the_other_alone(self):
        ran = self.run_it("--only", "functions")
        self.assertEqual(ran.returncode, 0, ran.stderr)
        self.assertIn("### Functions beside bare statements", ran.stdout)
        self.assertNotIn("### Idle", ran.stdout)
        self.assertFalse(os.path.exists(os.path.join(self.bin, "bench_idle_cost.called")))

    def test_the_backends_take_what_watching_left(self):
        alone = self.run_it("--only", "backends")
        self.assertNotEqual(alone.returncode, 0)
        self.assertIn("machine.json", alone.stderr)
        self.assertEqual(self.run_it("--only", "watching").returncode, 0)
        ran = self.run_it("--only", "backends")
        self.assertEqual(ran.returncode, 0, ran.stderr)
        self.assertIn("| no file event comes | delete | 0.05 (at most 99.0) | all 5 lost | refused |", ran.stdout)
        self.assertIn("| commits lost | 0 | 0 of 30 | met |", ran.stdout)

    def test_a_path_may_hold_an_equals_sign(self):
        odd = self.file("a=b.so")
        ran = self.run_it("--subject", odd)
        self.assertEqual(ran.returncode, 0, ran.stderr)
        self.assertEqual(self.given("idle_cost")[1:], [f"a=b.so={odd}"])

    def test_a_path_is_that_of_who_called(self):
        self.assertEqual(self.run_it("--subject", "a=libother.so").returncode, 0)
        self.assertEqual(self.given("idle_cost")[1:], [f"a={self.other}"])

    def test_names_are_taken_once_and_files_are_there(self):
        for arguments, finding in (
            (["--subject", self.other, "--subject", self.other], "two subjects are called 'libother.so'"),
            (["--subject", f"reference={self.other}"], "two subjects are called 'reference'"),
            (["--subject", "a=/nowhere/liba.so"], "there is no file /nowhere/liba.so"),
        ):
            ran = self.run_it(*arguments)
            self.assertEqual(ran.returncode, 64, ran.stderr)
            self.assertIn(finding, ran.stderr)


if __name__ == "__main__":
    unittest.main()
