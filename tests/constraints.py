"""uv.lock as pip constraints, printed by `python tests/constraints.py`, which needs nothing but Python."""

import tomllib
from pathlib import Path
from typing import Any

LOCK = Path(__file__).resolve().parent.parent / "uv.lock"


def constraints(lock: dict[str, Any]) -> tuple[str, ...]:
    """Return `name==version` for each locked package, with the marker of the Pythons that a fork is for."""
    return tuple(
        f"{package['name']}=={package['version']}{marker(package)}"
        for package in lock["package"]
        if "registry" in package["source"]  # not gradproof itself
    )


def marker(package: dict[str, Any]) -> str:
    """Return `; (…) or (…)` for a version that is locked for some Pythons only, else nothing."""
    forks = package.get("resolution-markers", [])
    return " ; " + " or ".join(f"({fork})" for fork in forks) if forks else ""


if __name__ == "__main__":
    print("\n".join(constraints(tomllib.loads(LOCK.read_text(encoding="utf-8")))))
