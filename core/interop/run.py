"""Runs one interop test where the runtime it needs is installed; else says which is missing, and exits with 77.

Usage: run.py RUNTIME TEST [ARGUMENT...], RUNTIME one of shell, python, sqlalchemy, better-sqlite3.
HONKER_EXT names the library; HONKER_SANITIZE is not empty where it was built with sanitizers, whose runtime a
program of somebody else does not have.

ctest takes 77 for "skipped" (SKIP_RETURN_CODE); the sentence after "skipped:" is the reason. Nothing is
installed here, and no network is used: ci/setup --interop does that.
"""

import os
import shutil
import subprocess
import sys

SKIPPED = 77
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
# The system's, unless another is named: a Python built elsewhere often cannot load SQLite extensions.
PYTHON = os.environ.get("HONKER_INTEROP_PYTHON", "/usr/bin/python3")
LOADS = "import sqlite3; sqlite3.connect(':memory:').enable_load_extension(True)"


def ends(*command):
    """True where the command exists and exits with 0; what it prints is dropped."""
    try:
        return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def shell(test):
    if not shutil.which("sqlite3"):
        return "the sqlite3 shell is missing; ci/setup installs it", None
    return "", [PYTHON, "-B", test]


def python(test):
    if not ends(PYTHON, "-c", LOADS):
        return f"{PYTHON} is missing or cannot load SQLite extensions; Debian's python3 can", None
    return "", [PYTHON, "-B", test]


def sqlalchemy(test):
    reason, command = python(test)
    if not reason and not ends(PYTHON, "-c", "import sqlalchemy"):
        return f"SQLAlchemy is missing in {PYTHON}; ci/setup --interop installs it", None
    return reason, command


def better_sqlite3(test):
    if not shutil.which("node"):
        return "node is missing; ci/setup --interop installs it", None
    # Also asks whether it was compiled for this node.
    kept = subprocess.run(
        [os.path.join(ROOT, "ci", "fetch-better-sqlite3"), "--only-kept", "--print-path"],
        stdin=subprocess.DEVNULL, capture_output=True, check=False, text=True,
    )
    if kept.returncode != 0:
        return "better-sqlite3 for this node is missing; ci/setup --interop installs it", None
    os.environ["NODE_PATH"] = kept.stdout.strip()
    return "", ["node", test]


RUNTIMES = {"shell": shell, "python": python, "sqlalchemy": sqlalchemy, "better-sqlite3": better_sqlite3}


def main():
    runtime, test, *arguments = sys.argv[1:]
    if os.environ.get("HONKER_SANITIZE"):
        reason = "a library with sanitizers cannot be loaded by a program without their runtime"
    else:
        reason, command = RUNTIMES[runtime](test)
    if reason:
        print(f"skipped: {os.path.basename(test)}: {reason}")
        return SKIPPED
    sys.stdout.flush()
    os.execvp(command[0], command + arguments)
    return 1


if __name__ == "__main__":
    sys.exit(main())
