"""The table of docs/backends.md: what each watcher backend reaches, from what ci/bench measured.

Reads machine.json, wake_latency.json, idle_cost.json (those of watching) and stepped.json (bench/stepped.cc) in one
folder. Only the first subject, the reference, is shown: docs/performance.md has the others beside it.
"""

from markdown import Problem, load, machine_line, number, table, verdict

BACKENDS = ["polling", "kernel", "shm", "verified"]
WRITERS = {"one": "one writer", "four": "four writers", "brief": "opens for one commit"}
LATE_US = 110_000
IDLE_SHARE = 20
IDLE_WAKEUPS = 12
P50_US = {"off": 100, "normal": 100, "full": 200}
P99_US = 1_100


def milliseconds(value):
    return "-" if value is None else number(value / 1e3)


def pick(rows, **wanted):
    return [row for row in rows if all(row[key] == value for key, value in wanted.items())]


def one(rows, **wanted):
    found = pick(rows, **wanted)
    return found[0] if found else {}


def asleep(rows):
    """ms/s of a thread that only sleeps a millisecond at a time, and of one that sleeps 100; None where not measured."""
    return [one(rows, backend=name).get("cpu_ms_per_s") for name in ("sleep", "sleep_100ms")]


def latency_table(rows):
    lines = []
    for journal in dict.fromkeys(row["journal"] for row in rows):
        for level in dict.fromkeys(row["synchronous"] for row in rows):
            shown = []
            for backend in BACKENDS:
                row = one(rows, journal=journal, synchronous=level, backend=backend)
                text = "refused" if "refused" in row else \
                    f"{milliseconds(row.get('p50_us'))} ({milliseconds(row.get('p99_us'))})"
                shown.append(text + (f", lost {row['lost']} of {row['judged']}" if row.get("lost") else ""))
            lines.append([journal, level, *shown])
    return table(["journal", "synchronous", *BACKENDS], lines)


def lost_table(rows):
    lines = []
    for what, word in WRITERS.items():
        shown = []
        for backend in BACKENDS:
            some = [row for row in pick(rows, writers=what, backend=backend) if "lost" in row]
            shown.append(f"{sum(row['lost'] for row in some)} of {sum(row['commits'] for row in some)}")
        lines.append([word, *shown])
    return table(["commits lost", *BACKENDS], lines)


def hard_table(rows):
    """Behind a writer that never pauses, and with no file event at all."""
    lines = []
    for what, word in (("busy", "a writer that never pauses"), ("dropped", "no file event comes")):
        for journal in dict.fromkeys(row["journal"] for row in pick(rows, writers=what)):
            shown = []
            for backend in BACKENDS:
                row = one(rows, writers=what, journal=journal, backend=backend)
                if "commits" not in row:
                    shown.append("refused" if "refused" in row else "-")
                elif "p50_us" not in row:
                    shown.append(f"all {row['lost']} lost")
                else:
                    shown.append(f"{milliseconds(row['p50_us'])} (at most {milliseconds(row['max_us'])})")
            lines.append([word, journal, *shown])
    return table(["ms from COMMIT to wake", "journal", *BACKENDS], lines)


def idle_table(rows):
    lines = []
    for databases, subscribers in ((1, 1), (1, 100), (50, 1)):
        shown = []
        for backend in BACKENDS:
            row = one(rows, backend=backend, databases=databases, subscribers=subscribers)
            shown.append("-" if "cpu_ms_per_s" not in row else
                         f"{number(row['cpu_ms_per_s'])} ms/s, {row['wakeups_per_s']:.0f} wake-ups, "
                         f"{row['threads']:.0f} threads")
        lines.append([str(databases), str(subscribers), *shown])
    often, seldom = asleep(rows)
    if often is not None and seldom is not None:
        lines.append(["a thread that only sleeps as often", "-",
                      *[f"{number(value)} ms/s" for value in (often, seldom, often, seldom)]])
    return table(["databases", "subscribers of each", *BACKENDS], lines)


def target_table(latency, idle, stepped):
    lines = []

    def add(what, limit, value, kept):
        lines.append([what, limit, value, verdict(kept)])

    own = [row for row in pick(latency, backend="verified") if "p50_us" in row]
    for level, limit in P50_US.items():
        some = pick(own, synchronous=level)
        if some:
            worst = max(row["p50_us"] for row in some)
            add(f"p50, synchronous {level}, every mode", f"< {limit} us", f"worst {worst:.0f} us", worst < limit)
    stepped = pick(stepped, backend="verified")
    for what, word in WRITERS.items():
        waits = [row for row in pick(stepped, writers=what) if "p99_us" in row]
        if waits:
            worst = max(row["p99_us"] for row in waits)
            add(f"p99 of {waits[0]['commits']} commits, every mode and level, {word}", f"< {P99_US} us",
                f"worst {worst:.0f} us", worst < P99_US)
    steps = [row for row in stepped if row["writers"] in WRITERS and "lost" in row]
    lost = sum(row["lost"] for row in steps)
    add("commits lost", "0", f"{lost} of {sum(row['commits'] for row in steps)}", lost == 0)
    deaf = [row["max_us"] for row in stepped if row["writers"] == "dropped" and "max_us" in row]
    if deaf:
        add("staleness without any file event", f"<= {LATE_US // 1000} ms", f"{max(deaf) / 1e3:.0f} ms", max(deaf) <= LATE_US)
    mine, polls = (one(idle, backend=name, databases=1, subscribers=1) for name in ("verified", "polling"))
    if "cpu_ms_per_s" in mine and "cpu_ms_per_s" in polls:
        share = polls["cpu_ms_per_s"] / max(mine["cpu_ms_per_s"], 1e-9)
        add("idle CPU beside polling", f"<= 1/{IDLE_SHARE}", f"1/{share:.0f}", share >= IDLE_SHARE)
        often, seldom = asleep(idle)
        if often is not None and seldom is not None:
            excess = (polls["cpu_ms_per_s"] - often) / max(mine["cpu_ms_per_s"] - seldom, 1e-9)
            lines.append(["the same, less what a thread costs that only sleeps as often", "-", f"1/{excess:.0f}", "-"])
        add("idle wake-ups a second", f"<= {IDLE_WAKEUPS}", f"{mine['wakeups_per_s']:.0f}",
            mine["wakeups_per_s"] <= IDLE_WAKEUPS)
    return table(["target of verified", "limit", "measured", ""], lines)


def document(folder):
    machine, stepped = load(folder, "machine"), load(folder, "stepped")
    latency, idle = load(folder, "wake_latency"), load(folder, "idle_cost")
    if not latency["subjects"]:
        raise Problem("wake_latency.json names no subject")
    first = latency["subjects"][0]
    waits = [row for row in latency["rows"] if row["subject"] == first]
    costs = [row for row in idle["rows"] if row["subject"] in (first, "")]
    return "\n\n".join([
        machine_line(machine, f"SQLite {machine['sqlite']}"),
        target_table(waits, costs, stepped["rows"]),
        "Milliseconds from the return of COMMIT to the wake whose re-read shows it: p50 (p99). A negative one came "
        "before the commit was visible, and its re-read waited for the lock.",
        latency_table(waits),
        f"Each commit waited for, over all journal modes and synchronous levels; lost: not shown {stepped['limit_ms']} "
        "ms after it (kernel: a fifth of that).",
        lost_table(stepped["rows"]),
        "Where it is hard. For kernel behind a busy writer each event is a wake: it says nothing about the commit.",
        hard_table(stepped["rows"]),
        "While nothing happens.",
        idle_table(costs),
    ]) + "\n"
