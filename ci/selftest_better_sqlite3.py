"""ci/fetch-better-sqlite3 without a network: a planted npm and a planted node stand for the real ones.

Each case gives what the planted ones do, and what ci/fetch-better-sqlite3 must end with and say. The planted npm
"installs" a file, its build writes the version into it, and the planted node accepts a file that says so.
"""

import concurrent.futures
import os
import shutil
import subprocess
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
VERSION = "1.2.3"
# What the command runs beside node and npm, which may be in the same folder as these on a real machine.
TOOLS = ["bash", "basename", "cat", "dirname", "flock", "grep", "mkdir", "mktemp", "mv", "realpath", "rm"]
NODE = """#!/usr/bin/env bash
case $1 in
  -p) echo 115 ;;
  -e) [[ $(cat "$NODE_PATH/better-sqlite3/built" 2>/dev/null) == "$VERSION" ]] ;;
esac
"""
NPM = """#!/usr/bin/env bash
here="$(dirname "$0")"
case $1 in
  install)
    cat "$here/refusal" >&2; [[ ! -s $here/refusal ]] || exit 1
    mkdir -p "$3/node_modules/better-sqlite3" ;;
  run)
    echo build >>"$here/builds"
    [[ $2 == build-release && -s $here/builds_as ]] || exit 1
    cat "$here/builds_as" >built ;;
esac
"""


class Planted:
    """A folder with node, npm and an empty cache."""

    def __init__(self, folder, programs=("node", "npm"), refusal="", builds_as=VERSION):
        self.bin = os.path.join(folder, "bin")
        self.cache = os.path.join(folder, "cache")
        os.makedirs(self.bin)
        for tool in TOOLS:
            os.symlink(shutil.which(tool), os.path.join(self.bin, tool))
        for name, text in {"node": NODE, "npm": NPM}.items():
            if name in programs:
                self.write(name, text)
                os.chmod(os.path.join(self.bin, name), 0o755)
        self.write("refusal", refusal)
        self.write("builds_as", builds_as)

    def write(self, name, text):
        with open(os.path.join(self.bin, name), "w", encoding="utf-8") as file:
            file.write(text)

    def kept(self):
        return os.path.join(self.cache, "honker-harness", "interop", f"better-sqlite3-{VERSION}-node115", "node_modules")

    def left_behind(self):
        """What the cache holds beside the kept folder and the lock files."""
        folder = os.path.join(self.cache, "honker-harness", "interop")
        names = os.listdir(folder) if os.path.isdir(folder) else []
        return [n for n in names if not n.endswith((".lock", "-node115"))]

    def builds(self):
        try:
            with open(os.path.join(self.bin, "builds"), encoding="utf-8") as file:
                return len(file.readlines())
        except OSError:
            return 0

    def fetch(self, *arguments):
        ran = subprocess.run(
            [os.path.join(self.bin, "bash"), os.path.join(HERE, "fetch-better-sqlite3"), *arguments],
            env={"PATH": self.bin, "XDG_CACHE_HOME": self.cache, "HOME": self.cache},
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60, check=False, text=True,
        )
        return ran.returncode, ran.stdout, ran.stderr


# what is planted, arguments of Planted, arguments of the command, exit code, what stderr must say
REFUSALS = [
    ("no node", {"programs": ("npm",)}, [VERSION], 69, "node is missing"),
    ("no npm", {"programs": ("node",)}, [VERSION], 69, "npm is missing"),
    ("not kept", {}, [VERSION, "--only-kept"], 69, "is not kept for this node"),
    ("no registry", {"refusal": "npm error code ENOTFOUND\n"}, [VERSION], 69, "cannot get better-sqlite3 1.2.3"),
    ("no such version", {"refusal": "npm error code ETARGET\n"}, [VERSION], 64, "there is no better-sqlite3 1.2.3"),
    ("a version that is none", {}, ["newest"], 64, "a VERSION looks like"),
    ("two versions", {}, [VERSION, "1.2.4"], 64, "one VERSION"),
    ("source that does not build", {"builds_as": ""}, [VERSION], 1, "does not build"),
    ("another version was built", {"builds_as": "9.9.9"}, [VERSION], 1, "is not better-sqlite3 1.2.3"),
]


def wrong():
    for what, planted, arguments, code, sentence in REFUSALS:
        with tempfile.TemporaryDirectory(prefix="honker-selftest-") as folder:
            it = Planted(folder, **planted)
            got, output, errors = it.fetch(*arguments, "--print-path")
            if got != code or sentence not in errors or output:
                yield f"fetch-better-sqlite3: '{what}', wanted {code} and '{sentence}', got {got}:\n{output}{errors}"
            if os.path.exists(it.kept()) or it.left_behind():
                yield f"fetch-better-sqlite3: '{what}': something was kept: {it.left_behind()}"
    with tempfile.TemporaryDirectory(prefix="honker-selftest-") as folder:
        yield from wrong_in_good_case(Planted(folder))


def wrong_in_good_case(it):
    with concurrent.futures.ThreadPoolExecutor() as pool:
        answers = [f.result() for f in [pool.submit(it.fetch, VERSION, "--print-path") for _ in range(4)]]
    for code, output, errors in answers:
        if code != 0 or output != it.kept() + "\n":
            yield f"fetch-better-sqlite3: the good case ends with {code}:\n{output}{errors}"
    if it.builds() != 1:
        yield f"fetch-better-sqlite3: four at once built {it.builds()} times, not once"
    if it.left_behind():
        yield f"fetch-better-sqlite3: left behind: {it.left_behind()}"
    os.rename(os.path.join(it.bin, "npm"), os.path.join(it.bin, "npm-away"))
    if it.fetch(VERSION, "--only-kept", "--print-path") != (0, it.kept() + "\n", ""):
        yield "fetch-better-sqlite3: what is kept needs npm again"
    os.remove(os.path.join(it.kept(), "better-sqlite3", "built"))
    code, _, errors = it.fetch(VERSION, "--print-path")
    if code != 69 or "npm is missing" not in errors:
        yield f"fetch-better-sqlite3: what was lost from the cache is answered with {code}: {errors}"
    os.rename(os.path.join(it.bin, "npm-away"), os.path.join(it.bin, "npm"))
    code, output, errors = it.fetch(VERSION, "--print-path")
    if code != 0 or it.builds() != 2:
        yield f"fetch-better-sqlite3: what was lost from the cache is not built again ({code}): {errors}"


COUNT = len(REFUSALS) + 2
