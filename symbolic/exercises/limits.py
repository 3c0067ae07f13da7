"""How much outside text may cost. One place for every cap; each is checked before the work is done.

The caps are far above what a sheet asks for (the longest model answer has about 500 tokens) and
low enough that the worst accepted input is read in well under a second.
"""

from __future__ import annotations

from typing import Final

BYTES: Final = 100_000  # of the text or file, before anything else is looked at
TOKENS: Final = 20_000
DEPTH: Final = 24  # nested brackets, fractions, exponents; also keeps Python's own stack shallow
POSTFIXES: Final = 3  # exponents and transposes behind one factor, less one
JSON_DEPTH: Final = 8
DIGITS: Final = 100  # of one written number
DECIMAL_EXPONENT: Final = 100  # of 1e100
POWER: Final = 32  # of (z - t)**32
DEGREE: Final = 64  # of one term of the expanded answer
BITS: Final = 4_096  # of one coefficient of the expanded answer
TERMS: Final = 50_000  # predicted terms of all expansions of one answer together
ENTRIES: Final = 4_096  # of one array
RANK: Final = 4  # axes of one array
NAME: Final = 40  # letters of one name; longer ones are cut in messages
HEADER: Final = 4_096  # bytes of a .npy header
