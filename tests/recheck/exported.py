"""Every theorem exported once for the tests, as JSON values, and the recheck of a changed one."""

from __future__ import annotations

import copy
import json
from functools import cache
from typing import TYPE_CHECKING, Any

from symbolic.errors import GradproofError
from symbolic.export.schema import text
from symbolic.recheck.folder import Checker, Result
from symbolic.recheck.json_file import Field
from symbolic.recheck.refusal import RefusedError
from symbolic.theorems import THEOREMS, theorem

if TYPE_CHECKING:
    from collections.abc import Callable

KEYS = sorted(THEOREMS)


@cache
def _texts() -> dict[str, str]:
    every = [theorem(key) for key in KEYS]
    return {one.key: text(one, every) for one in every}


def exported(key: str) -> Any:
    """The JSON value of a theorem's file, free to be changed."""
    return json.loads(_texts()[key])


def rechecked(key: str, data: Any) -> Result:
    """The recheck of a theorem whose file holds `data`, beside the unchanged files of the others."""
    files = {other: _fields(other, json.loads(_texts()[other])) for other in _cited(data)}
    return Checker(files | {key: _fields(key, data)}).theorem(key)


def changed(key: str, change: Callable[[Any], object]) -> Result:
    """The recheck of a theorem after `change` has been made to its derivations."""
    data = copy.deepcopy(exported(key))
    change(data["derivations"])
    return rechecked(key, data)


def outcome(key: str, data: Any) -> tuple[str, str]:
    """("accepted" | "refused" | "damaged", message)."""
    try:
        result = rechecked(key, data)
    except GradproofError as error:
        return "damaged", str(error)
    return ("accepted" if result.ok else "refused"), result.message


def part_refused(key: str, data: Any, part: int) -> bool:
    """Whether that part by itself is refused, at a step that is named; the other parts are not looked at."""
    try:
        Checker({key: _fields(key, data)}).proved(key, part)
    except RefusedError as refused:
        return str(refused).startswith("step ")
    except GradproofError:
        return False
    return False


def _fields(key: str, data: Any) -> list[Field]:
    return [Field(value, f"{key}.json.derivations[{k}]") for k, value in enumerate(data["derivations"])]


def _cited(data: Any) -> set[str]:
    found: set[str] = set()
    for derivation in data["derivations"]:
        steps = derivation.get("steps") if isinstance(derivation, dict) else None
        for step in steps if isinstance(steps, list) else ():
            name = step.get("theorem") if isinstance(step, dict) else None
            found |= {name} & set(KEYS) if isinstance(name, str) else set()
    return found
