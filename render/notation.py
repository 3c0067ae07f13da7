"""Notation: the choices a reader may make about how formulas look, read from notation.toml, and printed names."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field, fields, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from symbolic.errors import GradproofError, nearest

if TYPE_CHECKING:
    from collections.abc import Mapping

FILE = Path(__file__).parent / "notation.toml"

# The allowed values of the keys that choose among a few.
CHOICES: dict[str, tuple[object, ...]] = {
    "star": (r"\star", r"\ast", r"\otimes"),
    "gradient": ("delta", "partial"),
    "base": (0, 1),
    "decimals": (False, True),
    "matrix": ("pmatrix", "bmatrix"),
}
LETTERS = (
    "alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi pi rho sigma tau "
    "upsilon phi varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega"
)
GREEK = frozenset(LETTERS.split())
ACCENTS = ("mathbf", "mathrm", "mathsf", "mathcal", "boldsymbol", "bar", "hat", "tilde", "vec")
COMMAND = re.compile(rf"\\({'|'.join((*sorted(GREEK), *ACCENTS, 'prime', 'top', 'star'))})(?![A-Za-z])")
WORD = re.compile(r"([A-Za-z]+?)([0-9]*)")


class NotationError(GradproofError):
    """A notation file that does not say what it should."""


@dataclass(frozen=True)
class Notation:
    """The keys of notation.toml, and what else a reader chooses about the look of a page.

    several    set by the writer where a page has more than one error term.
    templates  a folder whose templates take the place of the package's; see render.templating.
    """

    star: str = r"\star"
    gradient: str = "delta"
    base: int = 1
    decimals: bool = True
    matrix: str = "pmatrix"
    most_terms: int = 8
    most_columns: int = 12
    names: Mapping[str, str] = field(default_factory=dict)
    several: bool = False
    templates: Path | None = None

    def with_gradient(self, gradient: str) -> Notation:
        """The same with a block's own choice of how error terms print; "" keeps the notation's."""
        return replace(self, gradient=gradient) if gradient else self

    def unelided(self) -> Notation:
        """The same without dots."""
        return replace(self, most_terms=0, most_columns=0)

    def name(self, name: str) -> tuple[str, str]:
        """The TeX of a tensor's name, and a subscript that belongs to the name ("" for none)."""
        if name in self.names:
            return self.names[name], ""
        return printed_name(name)


@cache
def printed_name(name: str) -> tuple[str, str]:
    r"""`delta` as \delta, `w1` as w with subscript 1, `X_pad` as X with \mathrm{pad}, `loss` as \mathrm{loss}.

    `X_hat` is \hat{X}; what follows stands below it.
    """
    first, *rest = name.split("_")
    match = WORD.fullmatch(first)
    letters, digits = (match[1], match[2]) if match else (first, "")
    main = _word(letters)
    if rest[:1] == ["hat"]:
        main, rest = rf"\hat{{{main}}}", rest[1:]
    below = ([digits] if digits else []) + [_word(part) for part in rest]
    return main, ",".join(below)


def _word(text: str) -> str:
    if text in GREEK:
        return f"\\{text}"
    return text if len(text) == 1 or text.isdigit() else f"\\mathrm{{{text}}}"


@cache
def standard() -> Notation:
    """The notation that comes with the package."""
    return load(FILE)


def load(path: Path) -> Notation:
    """A notation file, every key checked. Raises NotationError with the key, the value and what is allowed."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise NotationError(f"the notation file {path} cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise NotationError(f"the notation file {path} is no TOML: {error}") from error
    known = [f.name for f in fields(Notation) if f.name not in {"several", "templates"}]
    for key, value in table.items():
        if key not in known:
            raise NotationError(f"{path.name}: unknown key '{key}'; there are {', '.join(known)}{nearest(key, known)}")
        _check(path.name, key, value)
    return Notation(**table)


def _check(file: str, key: str, value: object) -> None:
    if key == "names":
        if not isinstance(value, dict):
            raise NotationError(f"{file}: [names] is a table of printed names; got {value!r:.40}")
        for name, tex in value.items():
            check_printed(f"{file}: name '{name}'", tex)
    elif key in CHOICES:
        if not any(value == choice and type(value) is type(choice) for choice in CHOICES[key]):
            allowed = ", ".join(str(choice) for choice in CHOICES[key])
            raise NotationError(f"{file}: {key} is one of {allowed}; got {value!r:.40}")
    elif isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise NotationError(f"{file}: {key} is a whole number of at least 0; got {value!r:.40}")


def check_printed(where: str, tex: object) -> None:
    """Refuse a printed name that is anything but letters, digits, Greek, accents, sub- and superscripts."""
    if not isinstance(tex, str) or not tex or len(tex) > 60:
        raise NotationError(f"{where} must be a short text; got {tex!r:.60}")
    rest = COMMAND.sub("", tex)
    depth = 0
    for char in rest:
        depth += (char == "{") - (char == "}")
        if depth < 0:
            break
    if depth or re.search(r"[^A-Za-z0-9_^{} ']", rest):
        raise NotationError(
            f"{where} may use letters, digits, _ ^ {{ }} ', Greek letters and the accents {', '.join(ACCENTS)}; "
            f"got {tex!r}"
        )
