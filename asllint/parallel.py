"""The same run in several processes: files in batches, a folder's files together."""

import os
from collections.abc import Iterator, Sequence

from asllint.loader.discover import Found
from asllint.outcome import Batch, Outcome
from asllint.run import Run

# Batches for each process, so that none waits long for another; a ticket is one byte.
BATCHES, TICKETS = 16, 256

_run: Run


def checked_in(jobs: int, run: Run, found: Sequence[Found]) -> Outcome:
    """The outcome of all files, worked out in `jobs` processes."""
    batches = split(found, min(jobs * BATCHES, TICKETS))
    done = _forked(jobs, run, batches) if hasattr(os, "fork") else _spawned(jobs, run, batches)
    return run.outcome(done)


def split(found: Sequence[Found], count: int) -> list[list[Found]]:
    """At most `count` batches of like size."""
    size = max(1, -(-len(found) // count))
    return [list(found[start : start + size]) for start in range(0, len(found), size)]


def _forked(jobs: int, run: Run, batches: Sequence[list[Found]]) -> list[Batch]:
    """This process and its copies take one batch after another; a pipe hands out whose turn it is.

    `multiprocessing` would take as long to start as a thousand files take to read.
    """
    tickets, waiting = os.pipe()
    os.write(waiting, bytes(range(len(batches))))
    os.close(waiting)
    others = [_copy(run, batches, tickets) for _ in range(jobs - 1)]
    done = dict(_taken(run, batches, tickets))
    os.close(tickets)
    for pid, results in others:
        done.update(_received(pid, results))
    return [done[i] for i in range(len(batches))]


def _taken(run: Run, batches: Sequence[list[Found]], tickets: int) -> Iterator[tuple[int, Batch]]:
    while ticket := os.read(tickets, 1):
        yield ticket[0], run.check(batches[ticket[0]])


def _copy(run: Run, batches: Sequence[list[Found]], tickets: int) -> tuple[int, int]:
    """A copy of this process at work: its number, and where its results are to be read."""
    results, written = os.pipe()
    pid = os.fork()
    if pid:
        os.close(written)
        return pid, results
    status = 1
    try:
        import pickle

        os.close(results)
        with open(written, "wb") as file:
            file.write(pickle.dumps(_result(run, batches, tickets), pickle.HIGHEST_PROTOCOL))
        status = 0
    finally:
        # nothing of what the original has begun is to be ended twice
        os._exit(status)


def _result(run: Run, batches: Sequence[list[Found]], tickets: int) -> list[tuple[int, Batch]] | str:
    """What a copy has to tell; a text if it failed."""
    try:
        return list(_taken(run, batches, tickets))
    except Exception:
        import traceback

        return traceback.format_exc()


def _received(pid: int, results: int) -> list[tuple[int, Batch]]:
    import pickle

    with open(results, "rb") as file:
        data = file.read()
    _, status = os.waitpid(pid, 0)
    told = pickle.loads(data) if data else f"one of the processes ended with status {status}"
    if isinstance(told, str):
        raise RuntimeError(told)
    found: list[tuple[int, Batch]] = told
    return found


def _spawned(jobs: int, run: Run, batches: Sequence[list[Found]]) -> list[Batch]:
    from multiprocessing import get_context

    with get_context("spawn").Pool(jobs, _begin, (run,)) as pool:
        return list(pool.imap(_check, batches))


def _begin(run: Run) -> None:
    global _run
    _run = run


def _check(batch: list[Found]) -> Batch:
    return _run.check(batch)
