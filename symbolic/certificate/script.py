"""The Coq script that proves two sums of products equal: distribute, exchange the tuples of indices, compare.

The map between the indices is searched for here; Coq judges it.
"""

from __future__ import annotations

import re
from textwrap import TextWrapper
from typing import TYPE_CHECKING

from symbolic.certificate.gallina import NotPrintedError, Place

if TYPE_CHECKING:
    from collections.abc import Mapping

    from symbolic.certificate.gallina import Reading

WIDTH = 100
WRAP = TextWrapper(WIDTH, initial_indent="  ", subsequent_indent="    ", break_long_words=False, break_on_hyphens=False)
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_']*")
TWICE = re.compile(r"\(rev_ord \(rev_ord ([^()]+)\)\)")


def lines(text: str) -> list[str]:
    """Coq text, indented and broken at spaces; its own line breaks are kept."""
    return [part for line in text.split("\n") for part in WRAP.wrap(line)]


def same_sum(left: Reading, right: Reading, free: tuple[str, ...]) -> tuple[str, ...]:
    """The script that proves left = right."""
    script = []
    if left.nested:
        script.append("\n".join(["transitivity (", *lines(left.flat + "); first by distribute.")]))
    if right.nested:
        script.append("\n".join(["transitivity (", *lines(right.flat + "); last by symmetry; distribute.")]))
    if len(left.binders) != len(right.binders):
        raise NotPrintedError("one side sums over an index that the other has not")
    if not left.binders:
        return (*script, "by [].")
    known = _pairing(left, right, free)
    together = _together(left, right, known)
    script += [f"apply: eq_bigr => {binder.name} _." for binder in right.binders[:together]]
    mine, other = ([binder.name for binder in side.binders[together:]] for side in (left, right))
    if not mine:
        return (*script, "value_ring.")
    images = [str(known[name]) for name in mine]
    back = {known[name].name: Place(name, known[name].back) for name in mine}
    if len(mine) > 1:
        script.append("rewrite ?pair_big_dep /=.")
    script += [
        f"rewrite [LHS](reindex (fun x => let: {_tuple(other)} := x in {_tuple(images)})) /=; last first.",
        f"  exists (fun x => let: {_tuple(mine)} := x in {_tuple([str(back[name]) for name in other])}) =>",
        f"    {'-' * (len(other) > 1)}{_pattern(other)} _ /=; by rewrite ?rev_ordK.",
        f"apply: eq_big => [{_pattern(other)}|{_pattern(other)} _] /=; last by value_ring.",
    ]
    rows = _rows(right)
    if not rows:
        return (*script, "by [].")
    script.append("rewrite ?rev_ordK ?andbT.")
    seen = [_substituted(row, known) for row in _rows(left)]
    for one, two in sorted(set(zip(seen, rows, strict=True))):
        if one != two:
            script.append(f"rewrite (_ : {one} = {two}); last by same_row.")
    return (*script, "by repeat case: (_ == _).")


def _together(left: Reading, right: Reading, known: Mapping[str, Place]) -> int:
    """How many of the outermost sums are the same on both sides, in the same order."""
    count = 0
    for one, other in zip(left.binders, right.binders, strict=True):
        if one.rows or other.rows or known[one.name] != Place(other.name):
            break
        count += 1
    return count


def _pairing(left: Reading, right: Reading, free: tuple[str, ...]) -> dict[str, Place]:
    """Every summed index on the left as one on the right: where equal operands read them, else by name."""
    known: dict[str, Place] = {}
    unread = list(right.factors)
    for name, places in left.factors:
        partner = next((factor for factor in unread if factor[0] == name), None)
        if partner is None:
            raise NotPrintedError(f"one side has a factor {name} that the other has not")
        unread.remove(partner)
        others = partner[1]
        for one, other in zip(places, others, strict=True):
            if one.name not in free:
                known.setdefault(one.name, Place(other.name, one.back != other.back))
    taken = {place.name for place in known.values()}
    rest = [binder.name for binder in right.binders if binder.name not in taken]
    turned = _rows(left) != _rows(right)  # letters that only the relation holds are turned where it is another
    for name in (binder.name for binder in left.binders if binder.name not in known):
        twin = next((other for other in rest if other.rstrip("'") == name.rstrip("'")), None)
        if twin is None:
            raise NotPrintedError(f"the index {name} of one side has no partner on the other")
        rest.remove(twin)
        known[name] = Place(twin, turned)
    return known


def _rows(reading: Reading) -> list[str]:
    return [row for binder in reading.binders for row in binder.rows]


def _tuple(names: list[str]) -> str:
    return f"({', '.join(names)})" if len(names) > 1 else names[0]


def _pattern(names: list[str]) -> str:
    """The pattern that takes a tuple, nested to the left, apart."""
    pattern = names[0]
    for name in names[1:]:
        pattern = f"[{pattern} {name}]"
    return pattern


def _substituted(text: str, known: Mapping[str, Place]) -> str:
    """Coq text with indices exchanged, all at once."""
    text = NAME.sub(lambda word: str(known.get(word[0], word[0])), text)
    return TWICE.sub(r"\1", text)
