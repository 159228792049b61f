"""Real processes that say how far they are, and that are killed as `kill -9` does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import get_all_start_methods, get_context
from multiprocessing.connection import Connection
from typing import Any

from sqlalchemy import Engine, event

# A server that forks spares each process the second that its imports take.
CONTEXT: Any = get_context("forkserver" if "forkserver" in get_all_start_methods() else "spawn")
CONTEXT.set_forkserver_preload(["pytest", "tests.soak.importing", "tests.soak.syncing", "tests.soak.writing"])

STEP = b"."
PATIENCE = 60.0


class Worker:
    """A process at work: `work(out, *given)` sends a STEP for everything it does in the database, and its own messages."""

    def __init__(self, work: Callable[..., None], *given: Any) -> None:
        self.reader, writer = CONTEXT.Pipe(duplex=False)
        self.process = CONTEXT.Process(target=work, args=(writer, *given))
        self.process.start()
        writer.close()
        self.said: list[bytes] = []
        self.steps = 0

    def listen(self) -> bool:
        """Wait for the next message; False when the process has ended and nothing is left to hear."""
        try:
            message = self.reader.recv_bytes()
        except EOFError:
            return False
        if message == STEP:
            self.steps += 1
        else:
            self.said.append(message)
        return True

    def reach(self, steps: int) -> bool:
        """Wait until it has made so many steps; False when it ended before."""
        while self.steps < steps:
            if not self.listen():
                return False
        return True

    def kill(self) -> None:
        """End it at once, wherever it is, and hear what it still had said."""
        self.process.kill()
        self.finish()

    def finish(self) -> int:
        """Wait for its end and return its exit code."""
        while self.listen():
            pass
        self.process.join(PATIENCE)
        self.reader.close()
        code: int = self.process.exitcode
        return code


@contextmanager
def workers(work: Callable[..., None], *each: tuple[Any, ...]) -> Iterator[list[Worker]]:
    """One process for each tuple of arguments; none outlives the block."""
    started: list[Worker] = []
    try:
        started += [Worker(work, *given) for given in each]
        yield started
    finally:
        for worker in started:
            worker.process.kill()
            worker.process.join(PATIENCE)
            worker.reader.close()


def tell_steps(out: Connection) -> None:
    """Send a STEP before every statement and every commit of this process, so that both can be struck."""

    def tell(*_: object) -> None:
        out.send_bytes(STEP)

    event.listen(Engine, "before_cursor_execute", tell)
    event.listen(Engine, "commit", tell)
