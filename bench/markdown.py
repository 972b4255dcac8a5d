"""What the tables share: reading JSON, Markdown, the line that names the machine, the documentation's blocks."""

import argparse
import json
import os


class Problem(Exception):
    pass


def load(folder, name):
    path = os.path.join(folder, name + ".json")
    try:
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    except (OSError, ValueError) as error:
        raise Problem(f"{path}: {error}") from error


def cell(text):
    """Names and sentences of subjects may hold what a table is made of."""
    return text.replace("|", "\\|").replace("\n", " ")


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|" + "|".join("---" for _ in head) + "|"]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def number(value, digits=3):
    """Three significant digits, never in exponents."""
    if value is None:
        return "-"
    if value == 0:
        return "0"
    whole = len(str(int(abs(value)))) if abs(value) >= 1 else 0
    return f"{value:.{max(0, digits - max(whole, 1))}f}"


def verdict(kept):
    return "met" if kept else "**missed**"


def machine_line(machine, measured):
    """Where and when; `measured` says with which SQLite and whom."""
    quick = " **A quick run: too short to be quoted.**" if machine.get("quick") else ""
    niceness = machine.get("niceness", 0)
    raised = f", run with niceness {niceness}" if niceness else ""
    return (f"Measured on {machine['date']}: {machine['cpu']}, {machine['cores']} cores, Linux {machine['kernel']}, "
            f"databases on {machine['file_system']}, {measured}; load average {machine['load_before']} before and "
            f"{machine['load_after']} after{raised}.{quick}")


def write_docs(path, begin, end, text):
    """Puts the text between the two marker lines of the file."""
    with open(path, encoding="utf-8") as file:
        before, found, rest = file.read().partition(begin)
    _, found_end, after = rest.partition(end)
    if not found or not found_end:
        raise Problem(f"{path}: the lines '{begin}' and '{end}' are not both there")
    with open(path, "w", encoding="utf-8") as file:
        file.write(f"{before}{begin}\n\n{text}\n{end}{after}")


class Parser(argparse.ArgumentParser):
    def error(self, message):
        self.exit(64, f"{self.prog}: {message}. Try --help.\n")
