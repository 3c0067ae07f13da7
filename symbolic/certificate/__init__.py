"""Certificates: Coq files that anyone can check without trusting this program.

    development   symbolic/coq, written by hand: the general lemmas, and which theorem each belongs to
    general       the theorems' own steps, for all sizes, printed from their terms (gallina prints)
    page          what a note displays, entry by entry, printed from the steps of its page (matrices prints)
    derivative    that a note's gradients are the derivatives of its loss

`files` is the one writer's content; Coq judges all of it. Not certified: functions (softmax, the activations'
derivatives; the inverse root of batch normalization is a letter with its equation) and the floors of the size
relationships, of which the window theorem needs none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from symbolic.certificate import development
from symbolic.certificate.gallina import NotPrintedError
from symbolic.certificate.general import CLOSING, HEAD, OPENING, theorem
from symbolic.certificate.page import page
from symbolic.theorems import THEOREMS
from symbolic.theorems import theorem as built

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from symbolic.certificate.general import Proved
    from symbolic.kernel.step import Step

__all__ = ["certified", "files", "page", "theorems"]
THEOREMS_FILE = "theorems.v"


def files(keys: Sequence[str] = (), pages: Mapping[str, Sequence[Step]] | None = None) -> dict[str, str]:
    """File name -> text: the development, theorems.v for these keys, a file for each page that shows a layer.

    keys     theorem keys; none writes no theorems.v.     pages  note name -> the steps of its page.
    """
    texts = dict(development.sources())
    if keys:
        texts[THEOREMS_FILE] = theorems(keys)
    for name, steps in (pages or {}).items():
        if text := page(name, steps):
            texts[f"{name.replace('-', '_')}.v"] = text
    return {development.PROJECT: "\n".join([development.options(), *texts, ""]), **texts}


def certified(key: str) -> tuple[Proved, ...] | None:
    """A theorem's steps for all sizes as Coq theorems; () where only lemmas state it, None where nothing does."""
    found: list[Proved] = []
    for part in built(key).parts:
        for number, step in enumerate(part.steps, 1):
            name = "_".join([key, *[part.name] * (part.name != key), *[str(number)] * (len(part.steps) > 1)])
            try:
                found.append(theorem(name.replace("-", "_").replace("/", "_"), step))
            except NotPrintedError:
                return () if key in development.lemmas() else None
    return tuple(found)


def theorems(keys: Sequence[str]) -> str:
    """theorems.v: for every key its lemmas and its own steps; says which keys are not certified."""
    known: dict[str, str] = {}
    parts: list[str] = []
    names: list[str] = []
    missing: list[str] = []
    for key in keys:
        own = certified(key)
        if own is None:
            missing.append(key)
            continue
        lemmas = development.lemmas().get(key, ())
        says = "".join(f"\nCheck @{lemma}." for lemma in lemmas)
        parts.append(f"(* {key} *){says}\n")
        names += lemmas
        for one in own:
            if twin := known.get(one.statement):
                parts.append(f"(* {one.name}: word for word {twin}. *)\n")
                continue
            known[one.statement] = one.name
            parts.append(str(one))
            names.append(one.name)
    left_out = f"(* Not in this certificate: {', '.join(missing)}. *)\n" if missing else ""
    assumptions = "\n".join(f"Print Assumptions {name}." for name in dict.fromkeys(names))
    imports = f"From Gradproof Require Import {' '.join(name.removesuffix('.v') for name in development.sources())}."
    return "\n".join([HEAD.format(imports=imports), left_out, OPENING, *parts, CLOSING, "", assumptions, ""])


def all_keys() -> tuple[str, ...]:
    """Every theorem that a certificate says something about."""
    return tuple(key for key in THEOREMS if certified(key) is not None)
