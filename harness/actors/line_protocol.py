"""An actor's conversation with its runner (docs/protocol.md), for actors written in Python: commands in,
replies out, history on disk. Knows no binding."""

import base64
import ctypes
import json
import os
import signal
import sys
import threading
import time

PROTOCOL = 1
_PR_SET_PDEATHSIG = 1


class Fail(Exception):
    """A command certainly did not happen. `value` is the reply's: {"message": ...} and what is known."""

    def __init__(self, message, **more):
        super().__init__(message)
        self.value = {"message": message, **more}


class InDoubt(Fail):
    """A command that may have happened."""


def now_ns():
    return time.clock_gettime_ns(time.CLOCK_MONOTONIC)


def encode(value):
    """A value as it travels: bytes, text with a NUL and text that is not UTF-8 as {"b64": ...}."""
    if isinstance(value, (bytes, bytearray, memoryview)):
        return {"b64": base64.b64encode(bytes(value)).decode()}
    if isinstance(value, str):
        raw = value.encode("utf-8", "surrogateescape")
        try:
            raw.decode("utf-8")
        except UnicodeDecodeError:
            return encode(raw)
        return encode(raw) if "\0" in value else value
    if isinstance(value, dict):
        return {str(k): encode(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [encode(v) for v in value]
    return value


def decode(value):
    if isinstance(value, dict):
        if set(value) == {"b64"}:
            return base64.b64decode(value["b64"]).decode("utf-8", "surrogateescape")
        return {k: decode(v) for k, v in value.items()}
    if isinstance(value, list):
        return [decode(v) for v in value]
    return value


def die_with_parent():
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def write_all(fd, data):
    while data:
        data = data[os.write(fd, data):]


class Session:
    """History and output. A line of history is with the kernel before anything about it is said, so that
    a SIGKILL takes back nothing that was acknowledged. Any thread may call."""

    def __init__(self, process, history_path):
        # What a library prints must not stand between the lines of the protocol.
        self._out = os.dup(1)
        os.dup2(2, 1)
        self._history = os.open(history_path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)
        self._history_lock = threading.Lock()
        self._output_lock = threading.Lock()
        self._next_nested = -1
        self._handlers = {}
        self._line({"process": process, "pid": os.getpid(), "clock": "CLOCK_MONOTONIC ns",
                    "protocol": PROTOCOL})

    def on(self, op, handler):
        self._handlers[op] = handler

    def _line(self, line):
        write_all(self._history, (json.dumps(line) + "\n").encode())

    def _append(self, kind, call, op, value, t=None):
        with self._history_lock:
            t = now_ns() if t is None else t
            line = {"t": t, "type": kind, "op": op, "value": encode(value)}
            if call:
                line["call"] = call
            self._line(line)
            return t

    def _send(self, line):
        with self._output_lock:
            try:
                write_all(self._out, (json.dumps(line) + "\n").encode())
            except OSError:
                os._exit(70)  # nobody listens any more

    def begin(self, op, value, t=None):
        """The invoke of an op of the actor's own making; `finish` takes what it returns. `t`: when it began."""
        with self._history_lock:
            call = self._next_nested
            self._next_nested -= 1
        self._append("invoke", call, op, value, t)
        return call, op

    def finish(self, begun, kind, value):
        self._append(kind, begun[0], begun[1], value)

    def nested(self, op, value, body):
        """An op of the actor's own making. What `body` raises is in the history, and raised again."""
        begun = self.begin(op, value)
        try:
            result = body()
        except InDoubt as error:
            self.finish(begun, "info", error.value)
            raise
        except Fail as error:
            self.finish(begun, "fail", error.value)
            raise
        self.finish(begun, "ok", result)
        return result

    def record(self, event, value, t=None):
        """An event in the history only."""
        self._append("event", 0, event, value, t)

    def tell(self, event, value):
        """An event that the runner is told of as well."""
        self.record(event, value)
        self._send({"event": event, "value": encode(value), "t": now_ns()})

    def _serve_one(self, line):
        call, op = 0, "?"
        try:
            command = json.loads(line)
            call, op = int(command.get("call", 0)), str(command.get("op", ""))
            if op == "quit":
                return False
            arguments = command.get("value") or {}
            if op not in self._handlers:
                raise Fail(f'unknown command "{op}"')
            if not isinstance(arguments, dict):
                raise Fail("the value of a command is an object")
            self._append("invoke", call, op, arguments)
            kind, value = "ok", self._handlers[op](decode(arguments)) or {}
        except InDoubt as error:
            kind, value = "info", error.value
        except Fail as error:
            kind, value = "fail", error.value
        except KeyError as error:
            kind, value = "fail", {"message": f"{op} needs {error}"}
        except Exception as error:  # a bad argument is a reply, never a death
            kind, value = "fail", {"message": f"{type(error).__name__}: {error}"}
        t = self._append(kind, call, op, value)
        self._send({"call": call, "type": kind, "op": op, "value": encode(value), "t": t})
        return True

    def serve(self, hello):
        self._send({"hello": encode(hello)})
        for line in sys.stdin.buffer:
            if not self._serve_one(line):
                return
