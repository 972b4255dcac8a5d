"""The examples of faults/README.md, run as written, print what it shows.

Arguments: the README, libfault_vfs.so, libfault_preload.so, and what the build was sanitized with (may be empty). Every indented block with
"$ " lines is one: "$ " is typed into bash, "> " goes on with it, any other line is what comes out. The sections
(## ...) run in their order, each in a shell of its own, in one fresh folder where the library is. Times, process ids
and nothing else may differ.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

SKIPPED = 77
README, LIBRARY, PRELOAD, SANITIZED = sys.argv[1:5]
DIFFERS = re.compile(r'"(t_ns|pid)":\d+')
MARK = "--- next command ---"


def sections(text):
    """{title: [(what is typed, what is shown)]} of the sections that have examples."""
    found = {}
    for section in text.split("\n## ")[1:]:
        title, _, body = section.partition("\n")
        commands = []
        for line in re.findall(r"^    (.*)$", body, re.MULTILINE):
            if line.startswith("$ "):
                commands.append((line[2:] + "\n", []))
            elif line.startswith("> ") and commands:
                commands[-1] = (commands[-1][0] + line[2:] + "\n", commands[-1][1])
            elif commands:
                commands[-1][1].append(line)
        if commands:
            found[title] = commands
    return found


def run(commands, folder):
    """What each command prints."""
    script = "".join(typed + f"echo '{MARK}'\n" for typed, _ in commands)
    environment = {k: v for k, v in os.environ.items() if not k.startswith("FAULT_")}
    # The system's Python: one built elsewhere often cannot load extensions.
    environment["PATH"] = "/usr/bin:" + environment["PATH"]
    ended = subprocess.run(
        ["bash", "-c", script], cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, check=False, timeout=120, env=environment,
    )
    return [DIFFERS.sub("", part.strip("\n")) for part in ended.stdout.split(MARK + "\n")[:-1]]


def play(examples):
    """{title: what each of its commands prints}, of all sections, in their order."""
    with tempfile.TemporaryDirectory(prefix="faults-examples-") as folder:
        os.symlink(LIBRARY, os.path.join(folder, "libfault_vfs.so"))
        os.symlink(PRELOAD, os.path.join(folder, "libfault_preload.so"))
        return {title: run(commands, folder) for title, commands in examples.items()}


def shown(examples):
    return {title: [DIFFERS.sub("", "\n".join(lines)) for _, lines in commands] for title, commands in examples.items()}


class Examples(unittest.TestCase):
    def setUp(self):
        with open(README, encoding="utf-8") as file:
            self.readme = file.read()

    def test_they_print_what_the_readme_shows(self):
        examples = sections(self.readme)
        for title in "Fail the third fsync of an application", "Freeze its clock", "Drop its file events":
            self.assertIn(title, examples)
        printed = play(examples)
        for title, lines in shown(examples).items():
            with self.subTest(title):
                self.assertEqual(printed[title], lines)

    def test_a_readme_that_shows_something_else_is_noticed(self):
        for old, new in (("nth=3", "nth=2"), ("first disk", "second disk"), ("01:47:11", "01:47:12"),
                         ("path=*/two", "path=*/one")):
            self.assertIn(old, self.readme)
            examples = sections(self.readme.replace(old, new))
            self.assertNotEqual(play(examples), shown(examples), new)


def missing():
    if SANITIZED:
        return "the library needs a sanitizer's runtime, which the sqlite3 shell and Python do not have"
    if not shutil.which("sqlite3", path="/usr/bin:" + os.environ["PATH"]):
        return "the sqlite3 shell is missing; ci/setup installs it"
    loads = "import sqlite3; sqlite3.connect(':memory:').enable_load_extension(True)"
    if subprocess.run(["/usr/bin/python3", "-c", loads], check=False, capture_output=True).returncode:
        return "/usr/bin/python3 is missing or cannot load SQLite extensions; Debian's can"
    return ""


if __name__ == "__main__":
    del sys.argv[1:]
    if reason := missing():
        print("skipped:", reason)
        sys.exit(SKIPPED)
    unittest.main()
