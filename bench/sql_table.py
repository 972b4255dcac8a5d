"""What the SQL functions cost, as Markdown: sql_cost.json and listener_cost.json (their fields stand at the heads of
bench/sql_cost.cc and bench/listener_cost.cc), sql_instructions.json (bench/instructions.py), cron.json (bench_cron)
and sql_machine.json of one folder."""

import statistics

from markdown import cell, load, machine_line, number, table, verdict

# At least that share of what bare statements do, by CPU time.
TARGETS = {
    ("enqueue", 1): 0.9, ("enqueue", 100): 0.75, ("claim and ack", 1): 0.9, ("claim and ack", 128): 0.7,
    ("end to end", 32): 0.9, ("stream publish", 1): 0.7, ("stream publish", 100): 0.7, ("stream replay", 100): 0.9,
    ("stream replay", 1000): 0.9,
}
KEPT = 0.8
KINDS = {"due": "due", "dead": "dead", "delayed": "delayed", "in_flight": "in flight"}


def median(row, figure):
    return statistics.median(row[figure]) if row.get(figure) else None


def ratios(row):
    """Bare CPU time to ours, of each round."""
    return [bare / ours for ours, bare in zip(row.get("cpu_us", []), row.get("bare_cpu_us", []))]


def smallest(report):
    """The rows upon the first population, and the number of rows that is there."""
    rows = min(row["rows"] for row in report["rows"] if row["case"] != "end to end")
    return [row for row in report["rows"] if row["rows"] == rows or row["case"] == "end to end"]


def share(value):
    return f"{value:.2f}" if value is not None else "-"


def cost_table(report, instructions):
    counted = {(row["case"], row["batch"]): row for row in instructions.get("rows", [])}
    lines = []
    for row in smallest(report):
        start = [cell(row["case"]), str(row["batch"])]
        if "absent" in row:
            lines.append([*start, f"absent: `{row['absent']}`"] + ["-"] * 8)
            continue
        of_rounds = ratios(row)
        walls = [ours / bare for ours, bare in zip(row["per_s"], row.get("bare_per_s", []))]
        count = counted.get((row["case"], row["batch"]), {})
        ours, bare = count.get("ours"), count.get("bare")
        lines.append([
            *start, number(median(row, "per_s")), share(statistics.median(walls) if walls else None),
            number(median(row, "cpu_us")), number(median(row, "bare_cpu_us")),
            f"**{share(statistics.median(of_rounds))}**" if of_rounds else "-",
            f"{min(of_rounds):.2f} to {max(of_rounds):.2f}" if len(of_rounds) > 1 else "-",
            f"{ours:,.0f}" if ours else "-", f"{bare:,.0f}" if bare else "-", share(bare / ours if ours and bare else None),
        ])
    return table(["case", "batch", "a second", "of bare, by the clock", "CPU us each", "bare", "of bare, by CPU",
                  "of a round", "instructions each", "bare", "of bare"], lines)


def growth(report):
    """[(case, batch, [(kind, rows, share of the speed that is kept)])], by CPU time, the first population first."""
    found = {}
    for row in report["rows"]:
        if row.get("cpu_us") and row["case"] != "end to end":
            found.setdefault((row["case"], row["batch"]), []).append(row)
    return [
        (case, batch, [(row["kind"], row["rows"],
                        statistics.median(few / many for few, many in zip(rows[0]["cpu_us"], row["cpu_us"])))
                       for row in rows[1:]])
        for (case, batch), rows in found.items() if len(rows) > 1
    ]


def growth_table(report):
    grown = growth(report)
    if not grown:
        return "Nothing was measured upon larger tables."
    head = ["case", "batch", *[f"{rows:,} {KINDS[kind]}" for kind, rows, _ in grown[0][2]]]
    return table(head, [[cell(case), str(batch), *[share(kept) for _, _, kept in shares]] for case, batch, shares in grown])


def target_table(report):
    lines = []
    for row in smallest(report):
        target = TARGETS.get((row["case"], row["batch"]))
        of_rounds = ratios(row)
        if target is not None and of_rounds:
            value = statistics.median(of_rounds)
            lines.append([f"{cell(row['case'])}, {row['batch']} at once, beside bare", f">= {target}", share(value),
                          verdict(value >= target)])
    for case, batch, shares in growth(report):
        kind, rows, value = min(shares, key=lambda one: one[2])
        lines.append([f"{cell(case)}, {batch} at once, speed kept", f">= {KEPT}",
                      f"worst {share(value)}, with {rows:,} {KINDS[kind]}", verdict(value >= KEPT)])
    return table(["target", "limit", "measured", ""], lines)


def listener_table(report):
    """Ours beside bare; latencies where notifications were sent one by one with pauses as well."""
    ms = lambda value: number(value / 1e3) if value is not None else "-"  # noqa: E731
    lines = []
    for row in report["rows"]:
        of_rounds = ratios(row)
        walls = [ours / bare for ours, bare in zip(row["per_s"], row["bare_per_s"])]
        lines.append([
            row["backend"], str(row["batch"]), number(median(row, "per_s")), share(statistics.median(walls)),
            number(median(row, "cpu_us")), number(median(row, "bare_cpu_us")),
            f"**{share(statistics.median(of_rounds))}**",
            f"{min(of_rounds):.2f} to {max(of_rounds):.2f}" if len(of_rounds) > 1 else "-",
            ms(median(row, "p50_us")), ms(median(row, "bare_p50_us")), ms(row.get("p99_us")), ms(row.get("bare_p99_us")),
            str(row.get("samples", "-")),
        ])
    return table(["woken by", "batch", "a second", "of bare, by the clock", "CPU us each", "bare", "of bare, by CPU",
                  "of a round", "p50 ms", "bare", "p99 ms", "bare", "samples"], lines)


def cron_table(report):
    """Questions a second, by CPU time, medians."""
    asked = {}
    for run in report["benchmarks"]:
        if run.get("run_type") == "iteration":
            way, expression, zone = run["run_name"].split("/", 2)
            asked.setdefault((expression, zone), {}).setdefault(way, []).append(run["items_per_second"])
    rows = [[f"`{expression}`", zone,
             *[f"{statistics.median(ways[way]):,.0f}" if way in ways else "-" for way in ("again", "walk")]]
            for (expression, zone), ways in sorted(asked.items())]
    return table(["schedule", "zone", "again, a second", "walk, a second"], rows)


def document(folder):
    report, counts = load(folder, "sql_cost"), load(folder, "sql_instructions")
    counted = (f"Instructions: {cell(counts['skipped'])}." if "skipped" in counts
               else f"Instructions counted by valgrind {counts['valgrind']}.")
    return "\n\n".join([
        machine_line(load(folder, "sql_machine"), f"SQLite {report['sqlite']}, {report['rounds']} rounds"), counted,
        "### Targets of the functions", target_table(report),
        "### Functions beside bare statements", cost_table(report, counts),
        "### Speed kept upon larger tables", growth_table(report),
        "### From notify to a C++ listener", listener_table(load(folder, "listener_cost")),
        "### Cron, next-after", cron_table(load(folder, "cron")),
    ]) + "\n"
