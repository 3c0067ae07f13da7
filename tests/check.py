"""The one check command, `python -m tests.check`: lint, format, types, and every test, slow ones included."""

import os
import shlex
import subprocess
import sys

from tests.tools import ROOT

COMMANDS = (
    ("ruff", "check"),
    ("ruff", "format", "--check"),
    ("mypy", "--strict"),
    ("pytest", "-q", "--hypothesis-profile=thorough"),
)


def main() -> int:
    """Run each command from the repository's root and return the first status that is not 0."""
    environment = dict(os.environ)
    if environment.get("CI"):
        environment["GRADPROOF_REQUIRE_TOOLS"] = "1"
    for command in COMMANDS:
        line = (sys.executable, "-m", *command)
        print("+", shlex.join(("python", *line[1:])), flush=True)
        status = subprocess.run(line, cwd=ROOT, env=environment, check=False).returncode
        if status:
            return status
    return 0


if __name__ == "__main__":
    sys.exit(main())
