"""The commands of the README: `python tests/readme.py 1` prints the first one. Needs nothing but Python."""

import re
import sys
from pathlib import Path

README = Path(__file__).resolve().parent.parent / "README.md"
COMMANDS = 2


def commands(text: str) -> tuple[str, ...]:
    """Return the commands of the first ```sh block of `text`, one a line; a backslash continues a line.

    Raises ValueError when there is no such block, or when it does not hold exactly two commands.
    """
    block = re.search(r"^```sh\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    if block is None:
        raise ValueError("README.md has no ```sh block")
    lines = block[1].replace("\\\n", "").splitlines()
    found = tuple(line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#"))
    if len(found) != COMMANDS:
        raise ValueError(f"the first ```sh block of README.md holds {len(found)} commands, not {COMMANDS}")
    return found


if __name__ == "__main__":
    print(commands(README.read_text(encoding="utf-8"))[int(sys.argv[1]) - 1])
