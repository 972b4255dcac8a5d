"""The Python actor where the binding is not there: what it says, and what it exits with. The commands
themselves are tried by the scenarios that use it, with the binding."""

import os
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import line_protocol  # noqa: E402

ACTOR = os.path.join(os.path.dirname(os.path.abspath(__file__)), "honker_actor.py")


def run(*arguments, **more):
    # -I: no package of the user's, -S: none of the site's; so the binding is certainly not there.
    return subprocess.run([sys.executable, "-I", "-S", "-B", "-c", _START, ACTOR, *arguments],
                          capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=60, **more)


_START = ("import runpy, sys, os; sys.argv = sys.argv[1:];"
          "sys.path.insert(0, os.path.dirname(sys.argv[0]));"
          "runpy.run_path(sys.argv[0], run_name='__main__')")


class HonkerActor(unittest.TestCase):
    def test_without_the_package_one_sentence_and_69(self):
        with tempfile.TemporaryDirectory() as folder:
            result = run("--process", "worker:1", "--history", os.path.join(folder, "w.jsonl"))
            self.assertEqual(os.listdir(folder), [])
        self.assertEqual(result.returncode, 69, result.stderr)
        self.assertEqual(result.stderr.count("\n"), 1, result.stderr)
        self.assertIn("honker_actor.py: the package honker cannot be imported by", result.stderr)
        self.assertEqual(result.stdout, "")

    def test_wrong_arguments_exit_64(self):
        for arguments in ([], ["--process", "w:1"], ["--history", "h"], ["--proces", "w:1"],
                          ["--process", "w:1", "--history", "h", "--bogus", "1"]):
            result = run(*arguments)
            self.assertEqual(result.returncode, 64, (arguments, result.stderr))
            self.assertIn("honker_actor.py:", result.stderr)

    def test_help_exits_0_and_has_an_example(self):
        result = run("--help")
        self.assertEqual(result.returncode, 0)
        self.assertIn("Example", result.stdout)


class LoopThread(unittest.TestCase):
    def test_a_cancellation_that_is_swallowed_is_repeated(self):
        import asyncio

        from loop_thread import LoopThread as Loop

        swallowed = []

        async def stubborn():
            while True:
                try:
                    await asyncio.sleep(3600)
                except asyncio.CancelledError as error:
                    swallowed.append(error)
                    if len(swallowed) == 3:
                        raise

        loop = Loop()
        loop.cancel(loop.start(stubborn()))
        loop.stop()
        self.assertEqual(len(swallowed), 3)


class LineProtocol(unittest.TestCase):
    """A conversation with commands of the test's own: what docs/protocol.md sections 1 and 2 say."""

    PROGRAM = """
import sys
sys.path.insert(0, sys.argv[2])
import line_protocol as lp
s = lp.Session("role:1", sys.argv[1])
def echo(v): return {"got": v["text"]}
def doubt(v): raise lp.InDoubt("perhaps", code=10)
def many(v):
    s.nested("part", {"n": 1}, lambda: {"done": 1})
    s.tell("news", {"n": 2})
    print("what a library prints")
def crash(v): return 1 // 0
for name, handler in dict(echo=echo, doubt=doubt, many=many, crash=crash).items(): s.on(name, handler)
s.serve({"protocol": lp.PROTOCOL})
"""

    def talk(self, *lines):
        import json
        with tempfile.TemporaryDirectory() as folder:
            history = os.path.join(folder, "h.jsonl")
            result = subprocess.run(
                [sys.executable, "-B", "-c", self.PROGRAM, history, os.path.dirname(ACTOR)],
                input="".join(line + "\n" for line in lines), capture_output=True, text=True, timeout=60)
            self.assertEqual(result.returncode, 0, result.stderr)
            with open(history) as file:
                written = [json.loads(line) for line in file]
        said = [json.loads(line) for line in result.stdout.splitlines()]
        self.assertEqual(said[0], {"hello": {"protocol": 1}})
        self.assertEqual((written[0]["process"], written[0]["clock"]), ("role:1", "CLOCK_MONOTONIC ns"))
        return said[1:], written[1:]

    def test_a_reply_repeats_the_call_and_is_in_the_history_with_its_invoke(self):
        said, written = self.talk('{"call":7,"op":"echo","value":{"text":"x"}}')
        self.assertEqual([(l["call"], l["type"], l["op"], l["value"]) for l in said],
                         [(7, "ok", "echo", {"got": "x"})])
        self.assertEqual([(l["call"], l["type"], l["op"]) for l in written],
                         [(7, "invoke", "echo"), (7, "ok", "echo")])
        self.assertEqual(written[1]["t"], said[0]["t"])

    def test_unknown_commands_and_bad_arguments_are_replies(self):
        said, _ = self.talk('{"call":1,"op":"nope"}', '{"call":2,"op":"echo","value":{}}', "no json",
                            '{"call":3,"op":"crash","value":{}}', '{"call":4,"op":"echo","value":[1]}')
        self.assertEqual([l["type"] for l in said], ["fail"] * 5)
        self.assertIn('unknown command "nope"', said[0]["value"]["message"])
        self.assertEqual(said[1]["value"]["message"], "echo needs 'text'")

    def test_what_may_have_happened_is_info(self):
        said, written = self.talk('{"call":1,"op":"doubt"}')
        self.assertEqual((said[0]["type"], said[0]["value"]), ("info", {"message": "perhaps", "code": 10}))
        self.assertEqual(written[-1]["type"], "info")

    def test_parts_have_negative_calls_and_prints_do_not_disturb(self):
        said, written = self.talk('{"call":1,"op":"many"}', '{"op":"quit"}', '{"call":2,"op":"many"}')
        self.assertEqual([l.get("event") or l["op"] for l in said], ["news", "many"])
        self.assertEqual([(l.get("call"), l["type"], l["op"]) for l in written],
                         [(1, "invoke", "many"), (-1, "invoke", "part"), (-1, "ok", "part"),
                          (None, "event", "news"), (1, "ok", "many")])

    def test_text_with_nul_and_bytes_travel_as_base64(self):
        said, _ = self.talk('{"call":1,"op":"echo","value":{"text":{"b64":"YQBi"}}}')
        self.assertEqual(said[0]["value"], {"got": {"b64": "YQBi"}})
        self.assertEqual(line_protocol.encode(b"\xff"), {"b64": "/w=="})
        self.assertEqual(line_protocol.decode({"b64": "YQ=="}), "a")


if __name__ == "__main__":
    unittest.main()
