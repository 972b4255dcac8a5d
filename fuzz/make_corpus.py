#!/usr/bin/env python3
"""Writes the seeds of fuzz/corpus/sql_call and the dictionary fuzz/sql_call.dict.

Each seed is one call; the encoding is that of fuzz/sql_call_input.h and fuzz/sql_value.h. Functions
that are not there yet have their seeds already. Inputs that were findings once (found_*) are kept.

Usage: fuzz/make_corpus.py
"""

import pathlib
import struct

HERE = pathlib.Path(__file__).resolve().parent
NAMES = ["a", "b", "bad", "w1", "w2", "", "name", "expired", "exhausted", "big", "[]", "[1,2,3]",
         "@every 1s", "* * * * *", "0 0 30 2 *"]


def digit(number):
    return bytes([(number + ord("0")) % 256])


def name(text):
    return b"s" + digit(NAMES.index(text))


def text(value):
    raw = value if isinstance(value, bytes) else value.encode()
    return b"t" + bytes([len(raw)]) + raw


def blob(raw):
    return b"b" + bytes([len(raw)]) + raw


def small(number):
    return b"i" + digit(number)


def big(number):
    return b"I" + struct.pack("<q", number)


def real(number):
    return b"R" + struct.pack("<d", number)


NULL = b"n"
NOW = b"c0"
MAX = b"E0"

# One call of each that does its work.
CALLS = {
    "honker_bootstrap": [[]],
    "notify": [[name("a"), text("hello")], [text(b"nul\0 \"\\ \x01"), text("é🚀")]],
    "honker_enqueue": [
        [name("a"), text("{}"), NULL, NULL, small(0), small(3), NULL],
        [name("b"), text(b"\0"), NOW, small(5), small(-1), small(1), small(60)],
        [name("a"), name(""), NULL, MAX, small(0), small(3), NULL],
    ],
    "honker_claim_batch": [
        [name("a"), name("w1"), small(9), small(30)],
        [name("b"), name("w2"), small(1), small(1)],
        [name("bad"), name("w1"), small(70), small(60)],
        [name("exhausted"), name("w1"), small(9), small(60)],
        [name("big"), text('w"\n'), small(9), small(60)],
        [name("a"), name("w1"), small(-1), small(1)],
        [name("a"), name("w1"), small(1), small(0)],
        [name("a"), name("w1"), MAX, MAX],
    ],
    "honker_ack": [[small(4), name("w1")], [small(5), name("w1")], [small(6), name("w2")],
                   [real(4.0), name("w1")], [MAX, name("w1")]],
    "honker_ack_batch": [[text("[4,5,6]"), name("w1")], [text("[4,null]"), name("w1")],
                         [name("[1,2,3]"), name("w1")], [text('[4,"5"'), name("w1")]],
    "honker_retry": [[small(4), name("w1"), small(5), text("again")],
                     [small(5), name("w1"), small(0), text("last")],
                     [small(4), name("w1"), MAX, text("x")]],
    "honker_fail": [[small(4), name("w1"), text("broken")]],
    "honker_heartbeat": [[small(4), name("w1"), small(60)], [small(6), name("w2"), small(60)],
                         [small(4), name("w1"), MAX]],
    "honker_cancel": [[small(1)], [small(4)], [small(77)]],
    "honker_get_job": [[small(2)], [small(20)], [small(77)]],
    "honker_queue_next_claim_at": [[name("a")], [name("b")], [name("bad")], [name("big")]],
    "honker_sweep_expired": [[name("expired")], [name("bad")]],
    "honker_lock_acquire": [[name("a"), name("w1"), small(30)], [name("b"), name("w2"), small(30)],
                            [name("w2"), name("w2"), MAX]],
    "honker_lock_renew": [[name("a"), name("w1"), small(30)], [name("b"), name("w1"), small(30)]],
    "honker_lock_release": [[name("a"), name("w1")]],
    "honker_rate_limit_try": [[name("a"), small(2), small(60)], [name("big"), MAX, small(60)]],
    "honker_rate_limit_sweep": [[small(60)], [small(-1)], [MAX]],
    "honker_scheduler_register": [
        [name("w2"), name("a"), name("* * * * *"), text("p"), small(0), NULL],
        [name("a"), name("a"), name("* * * * *"), text("p"), small(0), small(60), small(3)],
        [name("b"), name("a"), name("0 0 30 2 *"), text("p"), small(0), NULL],
    ],
    "honker_scheduler_unregister": [[name("a")]],
    "honker_scheduler_pause": [[name("a")]],
    "honker_scheduler_resume": [[name("w1")]],
    "honker_scheduler_update": [
        [name("a"), name("@every 1s"), NULL, NULL, NULL, small(0)],
        [name("a"), NULL, text("p"), small(2), NULL, small(1), small(5), small(1)],
    ],
    "honker_scheduler_tick": [[NOW], [b"c1"], [MAX], [small(0)]],
    "honker_scheduler_soonest": [[]],
    "honker_scheduler_list": [[]],
    "honker_cron_next_after": [[name("* * * * *"), NOW], [text("*/5 1-3,7 * 2 0"), NOW],
                               [text("0 30 2 * * *"), big(1774746000)], [name("0 0 30 2 *"), NOW],
                               [name("@every 1s"), MAX], [text("@every 9223372036854775807d"), NOW]],
    "honker_result_save": [[small(1), text("v"), small(60)], [small(9), text(b"\0"), small(0)],
                           [small(1), text("v"), MAX]],
    "honker_result_get": [[small(1)], [small(2)], [small(3)], [small(5)]],
    "honker_result_sweep": [[]],
    "honker_stream_publish": [[name("a"), NULL, text("p")], [name("b"), text("k"), text(b"\0\"")]],
    "honker_stream_read_since": [[name("a"), small(0), small(9)], [name("bad"), small(0), small(9)],
                                 [name("a"), small(0), small(-1)]],
    "honker_stream_save_offset": [[name("a"), name("a"), small(2)], [name("w1"), name("a"), MAX]],
    "honker_stream_get_offset": [[name("a"), name("a")], [name("bad"), name("bad")]],
    "honker_update_watcher_open": [[text("no.db"), NULL], [text(":memory:"), text("shm")],
                                   [text("no.db"), text("kernel"), small(5)],
                                   [text("no.db"), text("polling"), small(0)]],
    "honker_update_watcher_wait": [[small(1), small(1)]],
    "honker_update_watcher_close": [[small(1)]],
}

# Around the call: shape, transaction, world, clock, trouble, amount.
PLAIN = b"00000\0"
AROUND = {
    "insert_select": b"10000\0",
    "update_in_begin": b"21000\0",
    "returning_in_immediate": b"32000\0",
    "from_table_in_savepoint": b"43000\0",
    "not_bootstrapped": b"00100\0",
    "a_minute_later": b"00020\0",
    "interrupted": b"00001\x20",
    "interrupted_in_begin": b"01001\x40",
    "full": b"00002\0",
    "too_big": b"00003\x08",
    "full_in_begin": b"01002\0",
    "too_big_in_begin": b"01003\x05",
}
# With types that are refused somewhere.
ODD = {
    "nulls": NULL,
    "reals": real(1.5),
    "nan": b"r=",
    "infinity": b"r;",
    "whole_reals": real(3.0),
    "blobs": blob(b"\0\xff"),
    "broken_utf8": text(b"\xc3\x28"),
    "most_negative": b"E1",
}


def main():
    folder = HERE / "corpus" / "sql_call"
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        if not old.name.startswith("found_"):
            old.unlink()

    def seed(label, function, around, arguments):
        head = f"{function}/{len(arguments)}\n".encode()
        (folder / f"{function.removeprefix('honker_')}-{label}").write_bytes(
            head + around + b"".join(arguments))

    for function, calls in CALLS.items():
        for number, arguments in enumerate(calls, 1):
            seed(f"{number}", function, PLAIN, arguments)
    # The contexts once for each family of behaviour; libFuzzer carries them over to the others.
    for function in ("honker_bootstrap", "honker_enqueue", "honker_claim_batch", "honker_ack"):
        for label, around in AROUND.items():
            seed(label, function, around, CALLS[function][0])
    # Work that fails after its first statement, in a transaction that goes on.
    for queue in ("b", "exhausted"):
        for amount in (1, 5, 8):
            seed(f"too_big_halfway_{queue}_{amount}", "honker_claim_batch", b"01003" + bytes([amount]),
                 [name(queue), name("w1"), small(9), small(30)])
    seed("interrupted", "honker_bootstrap", b"00101\x60", [])
    seed("full", "honker_bootstrap", b"00102\x04", [])
    seed("too_big", "honker_bootstrap", b"00103\x10", [])
    seed("fresh_file", "honker_bootstrap", b"00100\0", [])
    seed("fresh_file_in_insert", "honker_bootstrap", b"10100\0", [])
    for label, value in ODD.items():
        seed(label, "honker_enqueue", PLAIN, [value] * 7)
        seed(label, "honker_ack", PLAIN, [value, name("w1")])
        seed(label, "notify", PLAIN, [value, text("p")])

    def quoted(raw):
        return '"' + "".join(chr(b) if 32 <= b < 127 and b not in (34, 92) else f"\\x{b:02x}"
                             for b in raw) + '"'

    words = [f"{function}/{count}\n".encode()
             for function, calls in CALLS.items() for count in sorted({len(c) for c in calls})]
    words += list(AROUND.values()) + list(ODD.values()) + [NULL, NOW, MAX, small(1), b"T"]
    words += [name(n) for n in NAMES] + [b"\xf0\x9f\x9a\x80", b"\xed\xa0\x80", b"\xc0\x80", b"@every "]
    dictionary = HERE / "sql_call.dict"
    dictionary.write_text("# Written by fuzz/make_corpus.py.\n" +
                          "".join(quoted(word) + "\n" for word in words))
    print(f"{len(list(folder.iterdir()))} seeds, {len(words)} words")


main()
