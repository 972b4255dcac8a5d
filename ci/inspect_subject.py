"""What ci/fetch-honker checks: is that really the release that was asked for? Called by it, not by hand.

  source NAME VERSION < METADATA      prints where cargo has the manifest of exactly that package
  extension VERSION LIBRARY           prints the manifest of a loadable extension
  package VERSION INTERPRETER         prints the manifest of the Python package in that interpreter
  unchanged MANIFEST FILE             whether FILE is still what the manifest says

Exit codes: 0, or 1 with a sentence on stderr (`unchanged` needs none).
"""

import hashlib
import json
import os
import sqlite3
import subprocess
import sys

ENTRY_POINT = "sqlite3_honkerext_init"
SYMBOLS = {
    ENTRY_POINT,
    "honker_watcher_open",
    "honker_watcher_open_v2",
    "honker_watcher_wait",
    "honker_watcher_close",
}
# Without these there is nothing to try.
FUNCTIONS = {"notify", "honker_bootstrap", "honker_enqueue", "honker_claim_batch", "honker_ack"}


def fail(sentence):
    sys.exit(f"inspect_subject: {sentence}")


def sha256(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def source(name, version):
    packages = json.load(sys.stdin)["packages"]
    for package in packages:
        if package["name"] == name and package["version"] == version:
            print(package["manifest_path"])
            return
    fail(f"cargo's metadata has no {name} {version}")


def exported(library):
    listed = subprocess.run(
        ["nm", "--dynamic", "--defined-only", "--format=posix", library],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        check=False,
        text=True,
    )
    if listed.returncode != 0:
        fail(f"nm cannot read {library}: {listed.stderr.strip()}")
    return {line.split()[0] for line in listed.stdout.splitlines() if line.strip()}


def added_functions(library):
    """The SQL functions that loading it adds to a connection, as name/arguments."""
    query = "SELECT name || '/' || narg FROM pragma_function_list"
    connection = sqlite3.connect(":memory:")
    before = {row[0] for row in connection.execute(query)}
    try:
        connection.enable_load_extension(True)
    except (AttributeError, sqlite3.Error) as error:
        fail(f"this Python cannot load SQLite extensions: {error}")
    try:
        connection.execute("SELECT load_extension(?, ?)", (library, ENTRY_POINT))
    except sqlite3.Error as error:
        fail(f"{library} does not load: {error}")
    return {row[0] for row in connection.execute(query)} - before


def extension(version, library):
    missing = SYMBOLS - exported(library)
    if missing:
        fail(f"{library} does not export {', '.join(sorted(missing))}")
    # No function tells a version; but a release build of a package names the crates it is made of.
    with open(library, "rb") as file:
        if f"honker-core-{version}".encode() not in file.read():
            fail(f"{library} is not made of honker-core {version}")
    functions = added_functions(library)
    missing = FUNCTIONS - {name.split("/")[0] for name in functions}
    if missing:
        fail(f"{library} brings no function {', '.join(sorted(missing))}")
    return {
        "package": "honker-extension",
        "version": version,
        "file": os.path.basename(library),
        "sha256": sha256(library),
        "symbols": sorted(SYMBOLS),
        "functions": sorted(functions),
        "sqlite": sqlite3.sqlite_version,
    }


def package(version, interpreter):
    asked = subprocess.run(
        [interpreter, "-c", "import honker, importlib.metadata as m; print(m.version('honker'), honker.__file__)"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        check=False,
        text=True,
    )
    if asked.returncode != 0:
        fail(f"honker cannot be imported: {asked.stderr.strip()}")
    found, file = asked.stdout.split(maxsplit=1)
    if found != version:
        fail(f"the package is honker {found}, not {version}")
    return {
        "package": "honker (Python)",
        "version": version,
        "file": os.path.basename(interpreter),
        "sha256": sha256(interpreter),
        "module": os.path.relpath(file.strip(), os.path.dirname(os.path.dirname(interpreter))),
    }


def unchanged(manifest, file):
    try:
        with open(manifest, encoding="utf-8") as text:
            return json.load(text)["sha256"] == sha256(file)
    except (OSError, ValueError, KeyError):
        return False


def main(command, *arguments):
    if command == "unchanged":
        sys.exit(0 if unchanged(*arguments) else 1)
    if command == "source":
        source(*arguments)
        return
    manifest = {"extension": extension, "package": package}[command](*arguments)
    print(json.dumps(manifest, indent=2))


main(*sys.argv[1:])
