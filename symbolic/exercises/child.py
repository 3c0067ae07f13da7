"""Somebody's function in a process of its own, with limits of time and memory.

This is a fence against accidents, not a security boundary: endless loops, memory without end, sys.exit, a crash,
files written by mistake. Code from people you do not trust belongs in a container.
"""

from __future__ import annotations

import ast
import io
import multiprocessing
import os
import signal
import sys
import warnings
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, Self

import numpy as np

from symbolic.errors import GradproofError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from multiprocessing.connection import Connection

    from numpy.typing import NDArray

SECONDS: Final = 0.8  # for one call, unless the caller grants more
MEMORY: Final = 1 << 30  # bytes beyond what the process has when it begins
ANSWER: Final = 16_000_000  # bytes of all returned arrays
SOURCE: Final = 100_000  # characters of source text
_DENIED = (
    "os.", "subprocess.", "shutil.", "socket.", "ctypes.", "pty.", "ftplib.", "smtplib.", "urllib.", "webbrowser.",
    "tempfile.", "signal.pthread_kill",
)  # fmt: skip
_HARMLESS = frozenset({"os.listdir", "os.scandir", "os.walk", "os.fwalk"})


class Misbehaved(Exception):  # noqa: N818 -- a finding about the function, not an error of ours
    """The function could not be run, raised, or returned no arrays. `reason` is a key of functions.toml."""

    def __init__(self, reason: str, what: str = "") -> None:
        super().__init__(reason)
        self.reason, self.what = reason, what


class Child:
    """A forked process that calls one function; use it as a context manager.

    function  a callable, or source text that defines one: `backward`, or else the last function in it.
    seconds   for one call.
    Raises    GradproofError where the system cannot fork.
    """

    def __init__(self, function: Callable[..., Any] | str, seconds: float = SECONDS) -> None:
        self.seconds = seconds
        if "fork" not in multiprocessing.get_all_start_methods():
            raise GradproofError("functions are checked in a forked process, which this system does not have")
        context = multiprocessing.get_context("fork")
        self._here, there = context.Pipe()
        self._process = context.Process(target=_serve, args=(there, function, seconds), daemon=True)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # NumPy's idle threads do not matter to the child
            self._process.start()
        there.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(ProcessLookupError, PermissionError):
            if self._process.pid is not None:
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.kill()
        self._process.join()
        self._here.close()

    def call(
        self, arrays: Sequence[NDArray[Any]], taken: Mapping[str, Any] | None = None, names: Sequence[str] = ()
    ) -> tuple[NDArray[Any], ...]:
        """What the function returns for copies of these arrays.

        taken   further arguments by name: numbers, words, tuples of them.
        names   of the arrays that it returns, for a function that returns them in a dict, as X or dX.
        Raises  Misbehaved: too slow, died, raised, or returned something else than numeric arrays.
        """
        try:
            self._here.send_bytes(repr((dict(taken or {}), tuple(names))).encode() + b"\n" + _packed(arrays))
            if not self._here.poll(self.seconds):
                raise Misbehaved("timeout", f"{self.seconds:g}")
            reply = self._here.recv_bytes(ANSWER + 1_000_000)
        except (EOFError, OSError):
            raise Misbehaved("died") from None
        kind, _, body = reply.partition(b"\n")
        if kind == b"ok":
            return _unpacked(body)
        raise Misbehaved(kind.decode("ascii", "replace"), body.decode("utf-8", "replace")[:300])


def _packed(arrays: Sequence[NDArray[Any]]) -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, *arrays)
    return buffer.getvalue()


def _unpacked(data: bytes) -> tuple[NDArray[Any], ...]:
    with np.load(io.BytesIO(data), allow_pickle=False) as found:
        return tuple(found[name] for name in found.files)


def _serve(connection: Connection, function: Callable[..., Any] | str, seconds: float) -> None:
    """The child: read arrays, call, answer, until the parent ends it."""
    _limit(seconds)
    try:
        call = _compiled(function) if isinstance(function, str) else function
    except BaseException as error:  # noqa: BLE001 -- whatever the text does is a finding
        connection.send_bytes(b"source\n" + _described(error))
        return
    while True:
        try:
            head, _, body = connection.recv_bytes().partition(b"\n")
        except (EOFError, OSError):
            return
        taken, names = ast.literal_eval(head.decode())
        connection.send_bytes(_answered(call, _unpacked(body), taken, names))


def _answered(
    call: Callable[..., Any], given: tuple[NDArray[Any], ...], taken: dict[str, Any], names: tuple[str, ...]
) -> bytes:
    try:
        with np.errstate(all="ignore"):
            returned = call(*given, **taken)
    except BaseException as error:  # noqa: BLE001 -- SystemExit and KeyboardInterrupt are findings as well
        return b"raised\n" + _described(error)
    try:
        if isinstance(returned, dict):
            missing = [name for name in names if name not in returned and f"d{name}" not in returned]
            if missing or len(returned) != len(names):
                return f"wrong_names\n{', '.join(map(str, returned))[:200]}".encode("utf-8", "replace")
            returned = tuple(returned[name] if name in returned else returned[f"d{name}"] for name in names)
        several = isinstance(returned, tuple) or (isinstance(returned, list) and not _is_one_array(returned, names))
        parts = tuple(returned) if several else (returned,)
        arrays = [np.asarray(part) for part in parts]
        if any(array.dtype.kind not in "iufb" for array in arrays):
            return b"not_arrays\n" + type(returned).__name__.encode()
        if sum(array.nbytes for array in arrays) > ANSWER:
            return b"too_large\n"
        return b"ok\n" + _packed(arrays)
    except BaseException as error:  # noqa: BLE001 -- an object may do anything when it is looked at
        return b"not_arrays\n" + _described(error)


def _is_one_array(returned: list[Any], names: tuple[str, ...]) -> bool:
    """Whether a list is the one gradient that is asked, as numbers, and not a list of gradients."""
    return len(names) == 1 and not (len(returned) == 1 and isinstance(returned[0], np.ndarray))


def _described(error: BaseException) -> bytes:
    """Type and first line of an error; its text may raise as well."""
    try:
        text = str(error).split("\n")[0][:200]
    except BaseException:  # noqa: BLE001 -- a hostile __str__
        text = ""
    return f"{type(error).__name__}: {text}".encode("utf-8", "replace")


def _compiled(source: str) -> Callable[..., Any]:
    """The function that a source text defines."""
    if len(source) > SOURCE:
        raise ValueError(f"the source has more than {SOURCE} characters")
    names: dict[str, Any] = {"__name__": "answer", "np": np, "numpy": np}
    exec(compile(source, "<answer>", "exec"), names)  # noqa: S102 -- running it is what its author asked for
    functions = [value for name, value in names.items() if callable(value) and not name.startswith("__")]
    found = names.get("backward") or (functions[-1] if functions else None)
    if not callable(found):
        raise TypeError("the source defines no function")
    result: Callable[..., Any] = found
    return result


def _limit(seconds: float) -> None:
    """A process group of its own, limits, no output, and no way out by mistake."""
    os.setsid()
    with suppress(ImportError, ValueError, OSError):
        import resource

        processor = int(seconds * 100) + 1  # of all calls together
        resource.setrlimit(resource.RLIMIT_CPU, (processor, processor))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        memory = _used() + MEMORY
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: SIM115, PTH123 -- it stays open as long as the process
    sys.stdout = sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123 -- as above
    sys.addaudithook(_fence)


def _used() -> int:
    """Bytes of address space that the process has now; 4 GiB where it cannot be asked."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123 -- no path of ours
            return int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError):
        return 4 << 30


def _fence(event: str, arguments: tuple[Any, ...]) -> None:
    """Refuse what no gradient needs: other processes, the network, and files written."""
    if event.startswith(_DENIED) and event not in _HARMLESS:
        raise PermissionError(f"{event} is switched off while a function is checked")
    if event == "open":
        mode, flags = arguments[1], arguments[2]
        writing = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_TRUNC
        if (isinstance(mode, str) and set(mode) & set("wax+")) or (isinstance(flags, int) and flags & writing):
            raise PermissionError("files cannot be written while a function is checked")
