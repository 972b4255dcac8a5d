"""ci/fetch-honker without a network: a planted cargo stands for the real one.

Each case gives the planted cargo's behaviour, and what ci/fetch-honker must end with and say. The
planted cargo builds a small extension from C, so the good case goes all the way to the cache.
"""

import concurrent.futures
import os
import subprocess
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
VERSION = "1.2.3"
EXTENSION = r"""
#include <sqlite3ext.h>
SQLITE_EXTENSION_INIT1
%(exports)s
static const char made_of[] = "honker-core-%(made_of)s";
static void Say(sqlite3_context* c, int n, sqlite3_value** v) {
  (void)n; (void)v; sqlite3_result_text(c, made_of, -1, SQLITE_STATIC);
}
int sqlite3_honkerext_init(sqlite3* db, char** error, const sqlite3_api_routines* api) {
  static const char* names[] = {%(names)s};
  (void)error;
  SQLITE_EXTENSION_INIT2(api);
  for (unsigned i = 0; i < sizeof names / sizeof *names; ++i)
    sqlite3_create_function(db, names[i], 2, SQLITE_UTF8, 0, Say, 0, 0);
  return SQLITE_OK;
}
"""
GOOD = {
    "exports": "\n".join(
        f"void honker_watcher_{name}(void); void honker_watcher_{name}(void) {{}}"
        for name in ("open", "open_v2", "wait", "close")
    ),
    "made_of": VERSION,
    "names": ", ".join(
        f'"{name}"'
        for name in ("notify", "honker_bootstrap", "honker_enqueue", "honker_claim_batch", "honker_ack")
    ),
}
CARGO = """#!/usr/bin/env bash
here="$(dirname "$0")"
case $1 in
  --version) cat "$here/cargo-version" ;;
  metadata) cat "$here/refusal" >&2; [[ ! -s $here/refusal ]] || exit 101; cat "$here/metadata" ;;
  build)
    echo build >>"$here/builds"
    mkdir -p "$CARGO_TARGET_DIR/release"
    cc -shared -fPIC -o "$CARGO_TARGET_DIR/release/libhonker_ext.so" extension.c || exit 101
    ;;
esac
"""
NO_SUCH_VERSION = """error: failed to select a version for the requirement `honker-extension = "=1.2.3"`
candidate versions found which didn't match: 1.2.2, 1.2.1
"""
NO_REGISTRY = """error: failed to get `honker-extension` as a dependency
Caused by:
  [7] Could not connect to server
"""


class Planted:
    """A folder with a cargo, the source that it finds, and an empty cache."""

    def __init__(self, folder, extension=None, refusal="", cargo_version="cargo 1.85.0 (abc)\n", cargo=True):
        self.bin = os.path.join(folder, "bin")
        self.cache = os.path.join(folder, "cache")
        source = os.path.join(folder, "registry", "honker-extension")
        os.makedirs(self.bin)
        os.makedirs(source)
        self.write(os.path.join(source, "Cargo.toml"), "")
        self.write(os.path.join(source, "extension.c"), EXTENSION % {**GOOD, **(extension or {})})
        manifest = os.path.join(source, "Cargo.toml")
        self.write(
            os.path.join(self.bin, "metadata"),
            '{"packages": [{"name": "honker-extension", "version": "%s", "manifest_path": "%s"}]}'
            % (VERSION, manifest),
        )
        self.write(os.path.join(self.bin, "refusal"), refusal)
        self.write(os.path.join(self.bin, "cargo-version"), cargo_version)
        if cargo:
            self.write(os.path.join(self.bin, "cargo"), CARGO)
            os.chmod(os.path.join(self.bin, "cargo"), 0o755)

    @staticmethod
    def write(path, text):
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)

    def library(self):
        return os.path.join(self.cache, "honker-harness", "subjects", f"honker-{VERSION}", "libhonker_ext.so")

    def builds(self):
        try:
            with open(os.path.join(self.bin, "builds"), encoding="utf-8") as file:
                return len(file.readlines())
        except OSError:
            return 0

    def left_behind(self):
        """What the cache holds beside the library's folder and the lock files."""
        subjects = os.path.join(self.cache, "honker-harness", "subjects")
        if not os.path.isdir(subjects):
            return []
        return [n for n in os.listdir(subjects) if n != f"honker-{VERSION}" and not n.endswith(".lock")]

    def fetch(self, *arguments):
        return self.run(os.path.join(HERE, "fetch-honker"), *arguments)

    def released_subject(self, value):
        """What ci/matrix and ci/bench make of --subject."""
        return self.run("bash", "-c", 'source "$1/lib.sh"; released_subject "$2"', "selftest", HERE, value)

    def run(self, *command):
        ran = subprocess.run(
            command,
            env={"PATH": f"{self.bin}:/usr/bin:/bin", "XDG_CACHE_HOME": self.cache, "HOME": self.cache},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            timeout=60,
            check=False,
            text=True,
        )
        return ran.returncode, ran.stdout, ran.stderr


# what is planted, arguments of Planted, arguments of the command, exit code, what stderr must say
REFUSALS = [
    ("no cargo", {"cargo": False}, [VERSION], 69, "cargo is missing"),
    ("an old cargo", {"cargo_version": "cargo 1.63.0\n"}, [VERSION], 69, "too old (1.63)"),
    ("no registry", {"refusal": NO_REGISTRY}, [VERSION], 69, "registry cannot be reached"),
    ("no such version", {"refusal": NO_SUCH_VERSION}, [VERSION], 64, "there are: 1.2.2, 1.2.1"),
    ("another version in the metadata", {}, ["3.2.1"], 1, "got another package"),
    ("a version that is none", {}, ["newest"], 64, "a VERSION looks like"),
    ("two versions", {}, [VERSION, "1.2.4"], 64, "one VERSION"),
    ("source that does not build", {"extension": {"exports": "nonsense"}}, [VERSION], 1, "does not build"),
    ("a symbol is missing", {"extension": {"exports": ""}}, [VERSION], 1, "does not export honker_watcher_close"),
    ("made of another release", {"extension": {"made_of": "9.9.9"}}, [VERSION], 1, "not made of honker-core 1.2.3"),
    ("a function is missing", {"extension": {"names": '"notify"'}}, [VERSION], 1, "brings no function honker_ack"),
]


def wrong():
    for what, planted, arguments, code, sentence in REFUSALS:
        with tempfile.TemporaryDirectory(prefix="honker-selftest-") as folder:
            it = Planted(folder, **planted)
            got, output, errors = it.fetch(*arguments, "--print-path")
            if got != code or sentence not in errors or output:
                yield f"fetch-honker: planted '{what}', wanted {code} and '{sentence}', got {got}:\n{output}{errors}"
            if os.path.exists(os.path.dirname(it.library())) or it.left_behind():
                yield f"fetch-honker: planted '{what}': something was kept: {it.left_behind()}"
    with tempfile.TemporaryDirectory(prefix="honker-selftest-") as folder:
        yield from wrong_in_good_case(Planted(folder))
    with tempfile.TemporaryDirectory(prefix="honker-selftest-") as folder:
        yield from wrong_in_subjects(Planted(folder))


def wrong_in_subjects(it):
    for value in ("./lib.so", "name=./lib.so", "honker@1.2.3=./lib.so"):
        code, output, errors = it.released_subject(value)
        if code != 0 or output != value + "\n" or it.builds():
            yield f"fetch-honker: the subject {value} is answered with {code}: {output}{errors}"
    code, output, errors = it.released_subject(f"honker@{VERSION}")
    if code != 0 or output != f"honker@{VERSION}={it.library()}\n":
        yield f"fetch-honker: a released subject is answered with {code}: {output}{errors}"
    code, output, errors = it.released_subject("honker@newest")
    if code != 64 or output:
        yield f"fetch-honker: a released subject that there is not is answered with {code}: {output}{errors}"


def wrong_in_good_case(it):
    with concurrent.futures.ThreadPoolExecutor() as pool:
        answers = [f.result() for f in [pool.submit(it.fetch, VERSION, "--print-path") for _ in range(4)]]
    for code, output, errors in answers:
        if code != 0 or output != it.library() + "\n":
            yield f"fetch-honker: the good case ends with {code}:\n{output}{errors}"
    if it.builds() != 1:
        yield f"fetch-honker: four at once built {it.builds()} times, not once"
    if it.left_behind():
        yield f"fetch-honker: left behind: {it.left_behind()}"
    code, output, _ = it.fetch(VERSION)
    if code != 0 or f'"version": "{VERSION}"' not in output or "notify/2" not in output:
        yield f"fetch-honker: the manifest does not say what it is ({code}):\n{output}"
    os.remove(os.path.join(it.bin, "cargo"))
    if it.fetch(VERSION, "--print-path")[0] != 0:
        yield "fetch-honker: what is kept needs cargo again"
    with open(it.library(), "ab") as library:
        library.write(b"changed")
    code, _, errors = it.fetch(VERSION, "--print-path")
    if code != 69 or "cargo is missing" not in errors:
        yield f"fetch-honker: a changed library is answered with {code}: {errors}"


COUNT = len(REFUSALS) + 2
