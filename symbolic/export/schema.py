"""Every derivation as JSON, one KEY.json for each theorem, to be checked by others: schema gradproof-derivation/1.

FILE        {"schema": "gradproof-derivation/1", "theorem": KEY, "derivations": [DERIVATION, …]}
DERIVATION  {"tensors": {NAME: [SIZE, …], …}, "steps": [STEP, …]}      arrays of unknowns and their shapes
STEP        {"left": TERM, "right": TERM, "by": KIND, …}               each begins where the one before ended
SIZE        an integer, a letter, or [[coefficient, letter, …], …] sorted by letters: an integer polynomial
NUMBER      an integer, or [numerator, denominator] in lowest terms

A statement holds for all integers in place of its letters for which every extent is at least 1 and no divisor 0.
The derivations of a theorem come first; such as they cite and no exported theorem holds follow them. Labels,
names of parts and reasons in words are not exported: nothing in a file is without meaning.

TERM, an array
  NAME                                    a tensor of the derivation
  {"number": NUMBER, "shape": [SIZE, …]}  an array of one number
  {"product": [TERM, …], "output": SLOT, "operands": [SLOT, …], "letters": {LETTER: SIZE, …},
   "rows": [ROW, …], "scale": NUMBER, "divisor": SIZE}
      scale/divisor * the sum over all letters, 0 <= letter < size, with every row fulfilled, of the product of
      the terms, each read at its slot; added up at the output's slot. SLOT: [AXIS, …], AXIS: [LETTER, …], the
      last running fastest; ROW: {"i", "u", "a": LETTER, "s", "d", "e", "p": SIZE} is s*i + d*u - e*a = p.
      A letter stands in the output once at most, and in one row. A divisor is 1 or has a letter.
  {"flip": TERM, "axes": [k, …]}          reversed along axes, counted from 0, ascending
  {"sum": [TERM, …]}                      at least two terms of one shape
  {"function": NAME, "order": k, "of": TERM, "param": NUMBER}   entry by entry, or its derivative of order 1;
                                          "param" for leaky_relu, its slope, and pow, its exponent, a
                                          whole number of at least 2 (pow has order 0 only); sigmoid, exp, …
  {"along": "softmax" or "logsumexp", "axis": k, "of": TERM}    along an axis; logsumexp leaves its size 1
  {"gradient": TERM, "wrt": NAME}         the derivatives of a scalar term; a whole left side only
  {"integer": EXPR or COUNT, "given": [{"at_least" or "equals": [EXPR, EXPR]}, …]}    for sizes that meet
      `given`, letters named p, p1, p', … at least 0, all others at least 1
      EXPR   an integer, a letter, {"plus": [EXPR, …]}, {"times": …}, {"floor": [over, by]}, {"mod": [over, by]}
      COUNT  {"outputs": {input, kernel, stride, low, high, dilation, input_dilation}}: x >= 0 with
             stride*x + dilation*(kernel-1) < low + input_dilation*(input-1) + 1 + high;
             {"transposed_outputs": {input, kernel, stride, low, high, dilation}}: the places from low to the
             last stride*x + dilation*u - high

KIND, and what stands beside it
  reindex        renaming: [[letter on the right, letter on the left, read backwards], …], the letters that change.
                 A nested sum is read as one; the letters of the sum that stands as operand k get the prefix "k.",
                 its output's letters become the place it is read at; the axes of any other outermost term have
                 the letters x0, x1, …. Letters of extent 1 are 0; of two letters of one extent that a row
                 makes equal the alphabetically first that is not in the output goes.
  drop-operand   renaming, after the operand has been left out of the left side's sum, its place the output
  tangent        pairs: [[partner, renaming], …], one for each product of the derivative in the direction h, in
                 the order of `symbolic.recheck.derivative`; partner: number, from 0, of a term of the right side,
                 which is multiplied by h over the letters x0_0, x0_1, …, x1_0, …
  distribute     groups: [[[number, renaming], …], …]: both sides multiplied out; the products are numbered from 0,
                 the left side's first, in the order of `symbolic.recheck.distribute`. Those of a group are alike,
                 each with its letters renamed to the first one's, and cancel between the sides
  elementary     of: TERM; both sides are the same function of its entries
  normalized     the sum of a softmax along its own axis is 1
  sums-to-one    a hypothesis: the entries of a tensor along an axis add up to 1
  rewrite        steps: [STEP, …]; every left side in the left side is replaced by its right side
  cite           theorem: KEY, part: number from 1, sizes: {LETTER: SIZE}, operands: {NAME: TERM}: both sides are
                 links of that derivation, gradients left out, with these put in
  bounds         certificates: [{"terms": [[multiplier, [fact, …]], …], "factor": fact}, …];
                 facts and goals are numbered as `symbolic.recheck.bounds` says, "factor" only where there is one
  definition     a name and what it stands for, which are exported alike
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from symbolic.export.encoding import Encoder
from symbolic.files import put_all, try_folder

if TYPE_CHECKING:
    from collections.abc import Iterable

    from symbolic.kernel.step import Derivation
    from symbolic.theorems import Theorem

SCHEMA = "gradproof-derivation/1"


def export(theorems: Iterable[Theorem], folder: str | Path) -> list[Path]:
    """Write KEY.json for each theorem, and return the paths; the same theorems give the same bytes.

    The folder is made where it is missing. Raises WriteError where it cannot be written to, then without having
    changed a file; GradproofError where a derivation holds something that has no place in the schema.
    """
    chosen = list(theorems)
    texts = {theorem.key: text(theorem, chosen) for theorem in chosen}
    try_folder(Path(folder))
    files = {Path(folder) / f"{key}.json": content.encode("ascii") for key, content in texts.items()}
    return put_all(files)


def text(theorem: Theorem, others: Iterable[Theorem] = ()) -> str:
    """The file of one theorem; what it cites of the others is not written out again."""
    written: dict[Derivation, tuple[str, int]] = {}
    for other in (theorem, *others):
        for number, part in enumerate(other.parts, 1):
            written.setdefault(part, (other.key, number))
    waiting = list(theorem.parts)
    derivations: list[Any] = []
    while len(derivations) < len(waiting):
        encoder = Encoder(_places(written, waiting, theorem.key))
        derivations.append(encoder.derivation(waiting[len(derivations)]))
    whole = {"schema": SCHEMA, "theorem": theorem.key, "derivations": derivations}
    return _laid_out(whole)


def _places(written: dict[Derivation, tuple[str, int]], waiting: list[Derivation], key: str) -> Any:
    def place(cited: Derivation) -> tuple[str, int]:
        if cited not in written:
            waiting.append(cited)
            written[cited] = key, len(waiting)
        return written[cited]

    return place


def _laid_out(whole: dict[str, Any]) -> str:
    """JSON with a line for each tensor table, side and piece of evidence: long enough to read, short enough to scan."""
    parts = []
    for derivation in whole["derivations"]:
        steps = ",\n".join(
            "   {" + ",\n    ".join(f"{_dump(name)}: {_dump(value)}" for name, value in step.items()) + "}"
            for step in derivation["steps"]
        )
        parts.append(f'  {{"tensors": {_dump(derivation["tensors"])},\n   "steps": [\n{steps}]}}')
    inside = ",\n".join(parts)
    head = f'{{"schema": {_dump(whole["schema"])},\n "theorem": {_dump(whole["theorem"])},\n "derivations": [\n'
    return f"{head}{inside}]}}\n"


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=True, allow_nan=False)
