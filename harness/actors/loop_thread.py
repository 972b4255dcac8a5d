"""An event loop in a thread of its own: what an asynchronous binding's iterators wait in."""

import asyncio
import threading


async def cancelled(task, every_s=0.05):
    """Returns when the task is over. It is cancelled again and again: asyncio.wait_for may swallow a
    cancellation that meets the end of what it waits for, and the task then waits on."""
    while not task.done():
        task.cancel()
        await asyncio.wait({task}, timeout=every_s)


class LoopThread:
    def __init__(self):
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def call(self, function, *args):
        """Runs function(*args) in the loop and returns what it returns; a coroutine is awaited."""

        async def run():
            result = function(*args)
            return await result if asyncio.iscoroutine(result) else result

        return asyncio.run_coroutine_threadsafe(run(), self._loop).result()

    def start(self, coroutine):
        """Starts a task; `cancel` ends it."""

        async def begin():
            return asyncio.ensure_future(coroutine)

        return asyncio.run_coroutine_threadsafe(begin(), self._loop).result()

    def cancel(self, task):
        """Cancels a task and returns when it is over."""

        asyncio.run_coroutine_threadsafe(cancelled(task), self._loop).result()

    def stop(self):
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
