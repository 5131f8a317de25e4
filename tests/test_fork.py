"""What a copy of a process hands back, and what happens when it cannot."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from fastapi_bp_lint.fork import Fork, ForkError, spare_processes


def test_a_copy_hands_back_more_than_a_pipe_holds() -> None:
    known = list(range(100_000))
    copy = Fork(lambda: (os.getpid(), [n + 1 for n in known]))
    pid, found = copy.result()
    assert pid != os.getpid()
    assert found == list(range(1, 100_001))
    with pytest.raises(ChildProcessError):
        os.waitpid(pid, 0)


def _raise() -> None:
    message = "no"
    raise ValueError(message)


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.parametrize("work", [_raise, _die, threading.Lock])
def test_a_copy_without_a_result_says_so(
    work: Callable[[], object], capfd: pytest.CaptureFixture[str]
) -> None:
    copy = Fork[object](work)
    with pytest.raises(ForkError):
        copy.result()
    assert capfd.readouterr() == ("", "")


def test_what_ends_a_process_does_so_once(capfd: pytest.CaptureFixture[str]) -> None:
    def leave() -> None:
        os.write(1, b"said\n")
        raise SystemExit

    with pytest.raises(ForkError):
        Fork(leave).result()
    assert capfd.readouterr().out == "said\n"


def test_a_refused_copy_leaves_nothing_open(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> int:
        message = "no more processes"
        raise OSError(message)

    monkeypatch.setattr(os, "fork", refuse)
    before = os.dup(0)
    os.close(before)
    with pytest.raises(OSError, match="no more"):
        Fork(_raise)
    after = os.dup(0)
    os.close(after)
    assert before == after


@contextmanager
def running() -> Iterator[None]:
    end = threading.Event()
    thread = threading.Thread(target=end.wait)
    thread.start()
    yield
    end.set()
    thread.join()


def test_copies_are_for_free_cores_and_lonely_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1, 2}, raising=False)
    assert spare_processes() == 2
    assert spare_processes(8) == 7
    assert spare_processes(1) == 0
    with running():
        assert spare_processes(8) == 0
    monkeypatch.delattr(os, "sched_getaffinity")
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert spare_processes() == 0
    monkeypatch.delattr(os, "fork")
    assert spare_processes(8) == 0
