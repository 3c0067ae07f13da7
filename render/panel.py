"""The stepper's panel: its grids, formulas and data as the template prints them, the first choice already shown."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from render.arrange import indices
from render.formats import Safe
from render.math import Printer, entry_tex
from render.stepper import IMAGE, KERNEL, OUT, Stepping, stepping
from symbolic.term import Grad, Leaf

if TYPE_CHECKING:
    from render.document import Stepper
    from render.notation import Notation
    from render.phrases import Phrases
    from symbolic.steps import Step
    from symbolic.term import Term


@dataclass(frozen=True)
class Cell:
    """A cell: its number in the grid, its formula ("" for a zero put in), classes, and the number of its product."""

    number: int
    formula: Safe
    classes: str
    badge: str = ""


def panel(block: Stepper, page: Phrases) -> dict[str, Any]:
    """What the template needs.

    operands  (name, title, rows of Cells) of the error term, the kernel and the image
    results   the same of what can be chosen          lines   (name, entry, equality) of every choice
    first     the equality that is shown at first     data    the choices as JSON
    """
    layer, steps = block.layer, stepping(block.layer)
    image, kernel = layer.args
    loss = next(step.lhs.of for step in block.lines if isinstance(step.lhs, Grad))
    roles: dict[Term, str] = {layer: OUT, Grad(loss, kernel): KERNEL, Grad(loss, image): IMAGE}
    said = {roles[step.lhs]: step for step in block.lines}
    of = list(said)[-1]
    at = len(steps.choices[of]) // 2
    notation = page.notation.unelided()
    equalities = {name: _equalities(step, page, notation) for name, step in said.items()}
    terms = {OUT: Grad(loss, layer), KERNEL: kernel, IMAGE: image}
    return {
        "operands": [_operand(name, term, steps, (of, at), page) for name, term in terms.items()],
        "results": [_result(name, step.lhs, (of, at), page) for name, step in said.items()],
        "lines": [(name, k, line) for name, lines in equalities.items() for k, line in enumerate(lines)],
        "first": equalities[of][at],
        "data": Safe(_json({"choices": {name: steps.choices[name] for name in said}, "start": [of, at]})),
    }


def _equalities(step: Step, page: Phrases, notation: Notation) -> list[Safe]:
    """The checked step, entry by entry."""
    sides = [[entry_tex(side, place, notation) for place in indices(step.lhs.shape)] for side in (step.lhs, step.rhs)]
    return [_large(f"{lhs} = {rhs}", page) for lhs, rhs in zip(*sides, strict=True)]


def _operand(name: str, term: Term, steps: Stepping, start: tuple[str, int], page: Phrases) -> dict[str, Any]:
    grid, choice = steps.grids[name], steps.choices[start[0]][start[1]]
    lit = {cell: number for where, cell, number in choice.lit if where == name}
    window = set(choice.window[1]) if choice.window[0] == name else set()
    formulas = _entries(term, page)
    rows = []
    for row in grid.rows:
        cells = []
        for cell, entry in row:
            kinds = ("zero" if entry is None else "entry", "lit" * (cell in lit), "window" * (cell in window))
            formula = Safe("") if entry is None else formulas[entry]
            cells.append(Cell(cell, formula, " ".join(filter(None, kinds)), str(lit.get(cell, ""))))
        rows.append(cells)
    return {"name": name, "title": _title(term, page), "rows": rows}


def _result(name: str, term: Term, start: tuple[str, int], page: Phrases) -> dict[str, Any]:
    formulas = _entries(term, page)
    columns = int(term.shape[-1])  # type: ignore[arg-type] # a stepper's sizes are numbers
    cells = [Cell(k, text, "entry chosen" if start == (name, k) else "entry") for k, text in enumerate(formulas)]
    rows = [cells[k : k + columns] for k in range(0, len(cells), columns)]
    return {"name": name, "title": _title(term, page), "rows": rows}


def _entries(term: Term, page: Phrases) -> list[Safe]:
    """Every entry's formula; the cells of dL/dX say X_11, the title says what of it."""
    shown = term.wrt if isinstance(term, Grad) and isinstance(term.wrt, Leaf) else term
    return [Safe(page.format.formula(entry_tex(shown, place, page.notation))) for place in indices(shown.shape)]


def _title(term: Term, page: Phrases) -> Safe:
    return _large(Printer(page.notation).term(term)[0], page)


def _large(tex: str, page: Phrases) -> Safe:
    """A formula at full size."""
    return Safe((page.format.side or page.format.formula)(tex))


def _json(data: dict[str, Any]) -> str:
    """JSON that may stand inside a page's script element."""
    text = json.dumps(data, default=asdict, separators=(",", ":"), sort_keys=True)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
