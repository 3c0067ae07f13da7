"""An independent checker: re-proves an exported folder from its files alone.

It shares nothing with the engine that found the proofs but the schema at the head of `symbolic.export.schema`; it
imports nothing of it but the error that the command line prints. Plain integers and Fractions decide; floats
appear in the screen only, which tries every statement at random small sizes and proves nothing.

    recheck(folder) -> [Result, …]     one for each theorem, sorted by name

`evidence` says what each kind of evidence takes; `sums`, `derivative`, `elementary` and `bounds` are its
mathematics, `polynomial` its numbers, `schema` and `json_file` its reader, `evaluate` and `screen` the screen.
"""

from __future__ import annotations

from symbolic.recheck.folder import Result, recheck

__all__ = ["Result", "recheck"]
