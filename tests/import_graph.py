"""Which modules of a package import which, read from the source, inside functions as well; nothing is run."""

import ast
from collections.abc import Iterator
from pathlib import Path

LOADERS = ("import_module", "__import__")


def modules(package: Path) -> dict[str, Path]:
    """Return the files of the package in folder `package` under their dotted names."""
    found = {}
    for path in sorted(package.rglob("*.py")):
        parts = (package.name, *path.relative_to(package).with_suffix("").parts)
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imports(path: Path, name: str) -> Iterator[str]:
    """Yield the dotted name of everything that the module `name` in `path` imports, at any depth of its code.

    `from a import b` yields "a.b", as b may be a module. Not followed: imports under `if TYPE_CHECKING`,
    which never run, and the names that a loader such as import_module computes; a literal one is followed.
    """
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    waiting: list[ast.AST] = [ast.parse(path.read_text(encoding="utf-8"))]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            source = _source(node, package)
            yield from (f"{source}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Call) and _called(node.func) in LOADERS:
            yield from _literals(node)
        elif isinstance(node, ast.If) and _called(node.test) == "TYPE_CHECKING":
            waiting.extend(node.orelse)
            continue
        waiting.extend(ast.iter_child_nodes(node))


def reached(package: Path, start: str) -> set[str]:
    """Return the modules of `package` that `start` imports, directly or through others, `start` left out.

    A name taken from the package itself may come from any of its modules, so it counts as reaching them all.
    Importing a.b.c runs a.b first, which is followed; the package's own __init__ always runs and is not.
    """
    files = modules(package)
    if start not in files:
        raise LookupError(f"{package.name} has no module {start}; it has {', '.join(files)}")
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        name = waiting.pop()
        for target in imports(files[name], name):
            new = _within(target, files, package.name) - seen
            seen |= new
            waiting.extend(new)
    return seen - {start}


def _within(target: str, files: dict[str, Path], package: str) -> set[str]:
    """Return the modules that importing the dotted name `target` runs, without the package's own __init__."""
    if target.partition(".")[0] != package:
        return set()
    parts = target.split(".")
    prefixes = {".".join(parts[:length]) for length in range(2, len(parts) + 1)}
    found = prefixes & files.keys()
    return found or files.keys() - {package}


def _source(node: ast.ImportFrom, package: str) -> str:
    """Return the absolute name of the module that a from-import names, given the package it stands in."""
    if not node.level:
        return node.module or ""
    parts = package.split(".")
    base = parts[: len(parts) - node.level + 1]
    return ".".join((*base, node.module) if node.module else base)


def _called(node: ast.expr) -> str:
    """Return the last name of `a` or `a.b`, and nothing for any other expression."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _literals(call: ast.Call) -> Iterator[str]:
    """Yield the module that a loader's call names as a literal."""
    for argument in call.args[:1]:
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
            yield argument.value
