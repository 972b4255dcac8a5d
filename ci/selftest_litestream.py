"""ci/fetch-litestream without a network: a planted go stands for the real one.

Each case gives what the planted go does, and what ci/fetch-litestream must end with and say. The planted go
"installs" a script that says its version, and answers `go version -m` with what is in a file.
"""

import concurrent.futures
import os
import shutil
import subprocess
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
VERSION = "1.2.3"
# What the command runs beside go, which may be in the same folder as these on a real machine.
TOOLS = [
    "bash", "basename", "cat", "chmod", "dirname", "flock", "grep", "mkdir", "mktemp", "mv", "rm", "sha256sum",
]
GO = """#!/usr/bin/env bash
here="$(dirname "$0")"
case $1 in
  install)
    cat "$here/refusal" >&2; [[ ! -s $here/refusal ]] || exit 1
    echo build >>"$here/builds"
    [[ $2 == github.com/benbjohnson/litestream/cmd/litestream@v* && -s $here/program ]] || exit 1
    cat "$here/program" >"$GOBIN/litestream"; chmod +x "$GOBIN/litestream" ;;
  version) printf '\\tmod\\tgithub.com/benbjohnson/litestream\\t%s\\th1:abc=\\n' "$(cat "$here/built_as")" ;;
esac
"""
RUNS = "#!/usr/bin/env bash\necho v1.2.3\n"


class Planted:
    """A folder with a go and an empty cache."""

    def __init__(self, folder, go=True, refusal="", built_as="v" + VERSION, program=RUNS):
        self.bin = os.path.join(folder, "bin")
        self.cache = os.path.join(folder, "cache")
        os.makedirs(self.bin)
        for tool in TOOLS:
            os.symlink(shutil.which(tool), os.path.join(self.bin, tool))
        if go:
            self.write("go", GO)
            os.chmod(os.path.join(self.bin, "go"), 0o755)
        self.write("refusal", refusal)
        self.write("built_as", built_as)
        self.write("program", program)

    def write(self, name, text):
        with open(os.path.join(self.bin, name), "w", encoding="utf-8") as file:
            file.write(text)

    def kept(self):
        return os.path.join(self.cache, "honker-harness", "tools", f"litestream-{VERSION}", "litestream")

    def left_behind(self):
        """What the cache holds beside the kept folder and the lock files."""
        folder = os.path.join(self.cache, "honker-harness", "tools")
        names = os.listdir(folder) if os.path.isdir(folder) else []
        return [n for n in names if not n.endswith(".lock") and n != f"litestream-{VERSION}"]

    def builds(self):
        try:
            with open(os.path.join(self.bin, "builds"), encoding="utf-8") as file:
                return len(file.readlines())
        except OSError:
            return 0

    def fetch(self, *arguments):
        ran = subprocess.run(
            [os.path.join(self.bin, "bash"), os.path.join(HERE, "fetch-litestream"), *arguments],
            env={"PATH": self.bin, "XDG_CACHE_HOME": self.cache, "HOME": self.cache},
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60, check=False, text=True,
        )
        return ran.returncode, ran.stdout, ran.stderr


UNKNOWN = "go: github.com/benbjohnson/litestream/cmd/litestream@v1.2.3: unknown revision v1.2.3\n"
NO_PROXY = 'go: github.com/benbjohnson/litestream@v1.2.3: Get: dial tcp: connection refused\n'

# what is planted, arguments of Planted, arguments of the command, exit code, what stderr must say
REFUSALS = [
    ("no go", {"go": False}, [VERSION], 69, "go is missing"),
    ("not kept", {}, [VERSION, "--only-kept"], 69, "is not kept"),
    ("no proxy", {"refusal": NO_PROXY}, [VERSION], 69, "proxy cannot be reached"),
    ("no such version", {"refusal": UNKNOWN}, [VERSION], 64, "there is no Litestream 1.2.3"),
    ("a version that is none", {}, ["newest"], 64, "a VERSION looks like"),
    ("two versions", {}, [VERSION, "1.2.4"], 64, "one VERSION"),
    ("source that does not build", {"program": ""}, [VERSION], 1, "does not build"),
    ("another version was built", {"built_as": "v9.9.9"}, [VERSION], 1, "is not Litestream 1.2.3"),
    ("a longer version was built", {"built_as": "v1.2.34"}, [VERSION], 1, "is not Litestream 1.2.3"),
    ("it does not run", {"program": "#!/usr/bin/env bash\nexit 3\n"}, [VERSION], 1, "does not run"),
]


def wrong():
    for what, planted, arguments, code, sentence in REFUSALS:
        with tempfile.TemporaryDirectory(prefix="honker-selftest-") as folder:
            it = Planted(folder, **planted)
            got, output, errors = it.fetch(*arguments, "--print-path")
            if got != code or sentence not in errors or output:
                yield f"fetch-litestream: '{what}', wanted {code} and '{sentence}', got {got}:\n{output}{errors}"
            if os.path.exists(it.kept()) or it.left_behind():
                yield f"fetch-litestream: '{what}': something was kept: {it.left_behind()}"
    with tempfile.TemporaryDirectory(prefix="honker-selftest-") as folder:
        yield from wrong_in_good_case(Planted(folder))


def wrong_in_good_case(it):
    with concurrent.futures.ThreadPoolExecutor() as pool:
        answers = [f.result() for f in [pool.submit(it.fetch, VERSION, "--print-path") for _ in range(4)]]
    for code, output, errors in answers:
        if code != 0 or output != it.kept() + "\n":
            yield f"fetch-litestream: the good case ends with {code}:\n{output}{errors}"
    if it.builds() != 1:
        yield f"fetch-litestream: four at once built {it.builds()} times, not once"
    if it.left_behind():
        yield f"fetch-litestream: left behind: {it.left_behind()}"
    os.rename(os.path.join(it.bin, "go"), os.path.join(it.bin, "go-away"))
    if it.fetch(VERSION, "--only-kept", "--print-path") != (0, it.kept() + "\n", ""):
        yield "fetch-litestream: what is kept needs go again"
    with open(it.kept(), "a", encoding="utf-8") as program:
        program.write("# changed\n")
    code, _, errors = it.fetch(VERSION, "--print-path")
    if code != 69 or "go is missing" not in errors:
        yield f"fetch-litestream: a changed program is answered with {code}: {errors}"
    os.rename(os.path.join(it.bin, "go-away"), os.path.join(it.bin, "go"))
    code, _, errors = it.fetch(VERSION, "--print-path")
    if code != 0 or it.builds() != 2:
        yield f"fetch-litestream: a changed program is not built again ({code}): {errors}"


COUNT = len(REFUSALS) + 2
