"""Pages: what the notes say and how they look. Importing this package lets tensors and proofs show themselves."""

from __future__ import annotations

from symbolic.showing import register


def _show(thing: object, form: str, lang: str, *, short: bool = False) -> str:
    from render.showing import show

    return show(thing, form, lang, short=short)


register(_show)
