"""A bounded queue before a few worker threads, so that the event loop stays free and memory bounded."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Result = TypeVar("Result")


class Full(Exception):
    """No place is left, or none came free in time."""


class OutOfTime(Exception):
    """The work was begun and took too long."""


class Queue:
    """Runs functions in worker threads; at most ``workers`` at a time and ``waiting`` more that wait.

    A thread cannot be stopped from outside. Work that runs out of time is therefore told to stop and keeps its place
    until it has: as long as it uses the processor, nobody else is promised it.

    Parameters
    ----------
    workers, waiting : int
        How many functions run at a time, and how many more may wait.
    seconds : float
        Time that one of them may run.
    wait : float
        Time that one of them may wait.
    """

    def __init__(self, workers: int, waiting: int, seconds: float, wait: float):
        self._wait = wait
        self._places = workers + waiting
        self._taken = 0
        self._lock = threading.Lock()
        self._seconds = seconds
        self._executor = ThreadPoolExecutor(workers, thread_name_prefix="predict")

    async def run(self, work: Callable[[threading.Event], Result]) -> Result:
        """Run ``work`` in a worker and return what it returns.

        Parameters
        ----------
        work : callable
            Gets an event that is set once nobody waits for the result; it should look at it now and then.

        Raises
        ------
        Full
            When all places are taken, or no worker came free in the time allowed.
        OutOfTime
            When the work took longer than the time allowed.
        """
        self._take_place()
        loop = asyncio.get_running_loop()
        begun, stop = asyncio.Event(), threading.Event()

        def task() -> Result:
            loop.call_soon_threadsafe(begun.set)
            return work(stop)

        try:
            job = self._executor.submit(task)
        except RuntimeError:  # the server is stopping
            self._give_place_back()
            raise Full from None
        # By the job itself, not by whoever waits for it.
        job.add_done_callback(lambda _: self._give_place_back())
        try:
            await self._wait_for_turn(begun, job)
            return await asyncio.wait_for(asyncio.wrap_future(job), self._seconds)
        except TimeoutError:
            raise OutOfTime from None
        finally:
            stop.set()
            job.cancel()

    async def _wait_for_turn(self, begun, job) -> None:
        try:
            await asyncio.wait_for(begun.wait(), self._wait)
        except TimeoutError:
            # A job that cannot be cancelled has begun in this very moment.
            if job.cancel():
                raise Full from None

    def _take_place(self) -> None:
        with self._lock:
            if self._taken >= self._places:
                raise Full
            self._taken += 1

    def _give_place_back(self) -> None:
        with self._lock:
            self._taken -= 1

    def close(self) -> None:
        """Take no more work, and drop what waits."""
        self._executor.shutdown(wait=False, cancel_futures=True)
