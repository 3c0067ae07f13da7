"""Measuring: medians in this process, and whole processes with the memory they held."""

from __future__ import annotations

import gc
import subprocess
import sys
from dataclasses import dataclass
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING, Any

from tests.tools import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

# The high-water mark of this process alone; ru_maxrss also counts the parent it was forked from.
REPORT = """
import resource, sys
try:
    status = open("/proc/self/status", encoding="ascii").read()
    most = int(status.partition("VmHWM:")[2].split()[0]) * 1024
except OSError:
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
print("\\n", most)
"""


@dataclass(frozen=True)
class Finished:
    """A process that ended well: seconds from start to end, and the most memory it held, in bytes if it said so."""

    seconds: float
    memory: int


def seconds(job: Callable[[], Any]) -> float:
    """One run, with the garbage of earlier ones cleared away first."""
    gc.collect()
    begin = perf_counter()
    job()
    return perf_counter() - begin


def typical(job: Callable[[int], Any], repetitions: int) -> float:
    """The median of several runs; each is told its number, so that it can choose fresh names and sizes."""
    return median(seconds(lambda run=run: job(run)) for run in range(repetitions))  # type: ignore[misc]


def process(code: str, arguments: Sequence[str] = (), *, memory: bool = False) -> Finished:
    """A fresh interpreter that runs `code` at the repository's root."""
    command = (sys.executable, "-c", code + REPORT if memory else code, *arguments)
    begin = perf_counter()
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    took = perf_counter() - begin
    if done.returncode:
        raise RuntimeError(f"the process ended with status {done.returncode}: {done.stderr.strip()[-300:]}")
    return Finished(took, int(done.stdout.split()[-1]) if memory else 0)


def typical_process(code: str, repetitions: int, arguments: Sequence[str] = ()) -> float:
    """The median time of several fresh interpreters."""
    return median(process(code, arguments).seconds for _ in range(repetitions))
