"""The tour in README.md, run as written in the sqlite3 shell, prints what README.md shows.

Arguments: the README, and the folder that the tour calls build/dev. The tour is the first indented block of the section
"The extension in the sqlite3 shell": "$ " is a command line, what follows "sqlite> " and "   ...> " is typed into it,
and every other line is what comes out. Only a number of ten digits, a time, may differ.
"""

import os
import re
import subprocess
import sys
import tempfile
import unittest

README, BUILD = (os.path.abspath(argument) for argument in (sys.argv.pop(1), sys.argv.pop(1)))
SECTION = "## The extension in the sqlite3 shell"
PROMPTS = ("sqlite> ", "   ...> ")
TIME = re.compile(r"\b\d{10}\b")


def tour(text):
    """(the command line, the lines typed, the lines shown) of the tour in that README."""
    _, _, section = text.partition(f"\n{SECTION}\n")
    section = section.split("\n## ")[0]
    block = re.search(r"(?:^    .*\n)+", section, re.MULTILINE)
    assert block, f"README.md has no tour below '{SECTION}'"
    first, *lines = [line[4:] for line in block.group().splitlines()]
    assert first.startswith("$ "), f"the tour begins with a command line, not with '{first}'"
    typed = [line[len(PROMPTS[0]):] for line in lines if line.startswith(PROMPTS)]
    shown = [line for line in lines if not line.startswith(PROMPTS)]
    return first[2:], typed, shown


def play(command, typed, build, **environment):
    """What the shell prints when `typed` is typed into `command`, in a folder that has `build` as build/dev."""
    with tempfile.TemporaryDirectory(prefix="honker-interop-") as folder:
        os.mkdir(os.path.join(folder, "build"))
        os.symlink(build, os.path.join(folder, "build", "dev"))
        ended = subprocess.run(
            command, shell=True, cwd=folder, input="\n".join(typed) + "\n", stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, check=False, timeout=120, env={**os.environ, **environment},
        )
    return [TIME.sub("(a time)", line) for line in ended.stdout.splitlines()]


class Tour(unittest.TestCase):
    def setUp(self):
        with open(README, encoding="utf-8") as file:
            self.readme = file.read()

    def test_it_prints_what_the_readme_shows(self):
        command, typed, shown = tour(self.readme)
        self.assertGreater(len(typed), 10)
        self.assertEqual(play(command, typed, BUILD), [TIME.sub("(a time)", line) for line in shown])

    def test_a_readme_that_shows_something_else_is_noticed(self):
        for old, new in (('"attempts":1', '"attempts":2'), ("ROLLBACK;", "COMMIT;")):
            self.assertIn(old, self.readme)
            command, typed, shown = tour(self.readme.replace(old, new, 1))
            self.assertNotEqual(play(command, typed, BUILD), [TIME.sub("(a time)", line) for line in shown], new)

    def test_without_a_folder_the_library_is_looked_for_where_the_linker_looks(self):
        typed = [".load libhonker_ext", "SELECT honker_bootstrap();"]
        self.assertEqual(play("sqlite3 shop.db", typed, BUILD, LD_LIBRARY_PATH=BUILD), ["1"])


if __name__ == "__main__":
    unittest.main()
