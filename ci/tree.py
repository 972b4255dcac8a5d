"""What the checks of the tree share: the files, the command line, the exit codes.

A check is a function from a Tree to a list of sentences, each naming a file. `run` gives it --root (so
that its self-test can point it at a planted tree), --help, and the exit codes 0 clean, 1 findings, 64
usage.
"""

import argparse
import os
import sys

# Not part of the tree: what builds and runs leave behind.
SKIPPED_DIRECTORIES = {".git", "build", "runs", "__pycache__", ".cache"}


class Tree:
    def __init__(self, root):
        self.root = os.path.realpath(root)

    def files(self):
        """Every file's path relative to the root, sorted, symlinks not followed."""
        found = []
        for folder, subfolders, names in os.walk(self.root):
            subfolders[:] = sorted(
                d for d in subfolders if d not in SKIPPED_DIRECTORIES and not d.startswith("build-")
            )
            for name in names:
                path = os.path.join(folder, name)
                if os.path.isfile(path) and not os.path.islink(path):
                    found.append(os.path.relpath(path, self.root))
        return sorted(found)

    def text(self, path):
        """The file as text, or None where it is binary."""
        with open(os.path.join(self.root, path), "rb") as file:
            data = file.read()
        if b"\0" in data:
            return None
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError:
            return None

    def exists(self, path):
        return os.path.exists(os.path.join(self.root, path))


class _Parser(argparse.ArgumentParser):
    def error(self, message):
        self.exit(64, f"{self.prog}: {message}. Try '{self.prog} --help'.\n")


def run(check, doc, arguments=()):
    """Runs `check(tree, options)`; `arguments` are (flag, help) pairs of further options with a value."""
    here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    parser = _Parser(
        description=doc, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False
    )
    parser.add_argument("--root", default=here, help="the tree to look at (default: this one)")
    for flag, help_text in arguments:
        parser.add_argument(flag, help=help_text)
    options = parser.parse_args()
    if not os.path.isdir(options.root):
        parser.error(f"there is no folder '{options.root}'")
    findings = check(Tree(options.root), options)
    for finding in findings:
        print(finding)
    name = os.path.basename(sys.argv[0])
    print(f"{name}: {len(findings)} findings" if findings else f"{name}: clean")
    sys.exit(1 if findings else 0)
