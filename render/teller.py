"""Theorems told in one language: as lines of text, as a table for a terminal, as records for JSON."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from render.chains import chain, statement
from render.conditions import conditions, of_steps
from render.formats import Format, Safe
from render.notation import standard
from render.phrases import Phrases
from render.plain import plain
from render.words import words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from symbolic.kernel.step import Derivation
    from symbolic.recheck import Result
    from symbolic.theorems import Theorem

NOTATION = replace(standard(), base=0).unelided()  # positions count from 0, as in s*i + d*u - e*a = p
TEXT = Format(
    name="text",
    suffix=".txt",
    templates="",
    widest=0,
    longest=0,
    picture="",
    escape=str,
    formula=plain,
    emphasis=str,
    code=str,
    link=lambda text, url: f"{text} ({url})",
    cell=str,
)


@dataclass(frozen=True)
class Checked:
    """A theorem that was built, or the reason why it was not."""

    key: str
    theorem: Theorem | None
    seconds: float
    message: str = ""


class Teller(Phrases):
    """Theorems in one language: as a table, as text, as records."""

    def __init__(self, lang: str) -> None:
        super().__init__(words(lang), TEXT, NOTATION)

    def say(self, key: str, **params: object) -> str:
        """A phrase with numbers and texts put in."""
        return self.phrase(key, {name: Safe(value) for name, value in params.items()})

    def listed(self, key: str, parts: Sequence[str]) -> str:
        """Parts of a list between the separator `key`; "none" where there are none."""
        return self.book.text(key).join(parts) or self.phrase("table.none")

    def given(self, row: Theorem) -> list[str]:
        """The conditions of a theorem in words."""
        return [self.phrase(found.key, found.params) for found in conditions(row.parts)]

    def evidence(self, row: Theorem) -> str:
        """The kinds of evidence in short words."""
        return self.listed("list_separator", [self.phrase(f"kind.{kind}") for kind in row.evidence])

    def legend(self) -> str:
        """What the signs and letters mean."""
        return self.phrase("verify.legend")

    def part(self, key: str, part: Derivation) -> str:
        """What one part of a theorem says; the theorem's own statement where it is the only one."""
        family, _, name = part.name.rpartition("/")
        if f"theorem.{key}.{name}" in self.book.phrases:
            return self.phrase(f"theorem.{key}.{name}")
        return self.phrase(f"theorem.arithmetic.{name}" if family else f"theorem.{key}.statement")

    def summary(self, rows: Sequence[Checked]) -> str:
        """The last line."""
        found = [row.theorem for row in rows if row.theorem]
        failed, seconds = len(rows) - len(found), f"{sum(row.seconds for row in rows):.2f}"
        if failed:
            return self.say("verify.summary_failed", failed=failed, count=len(rows))
        parts, steps = sum(len(one.parts) for one in found), sum(one.steps for one in found)
        return self.say("verify.summary", count=len(rows), parts=parts, steps=steps, seconds=seconds)

    # ------------------------------------------------------------------ text

    def entry(self, row: Checked, *, steps: bool) -> str:
        """Name, statement, and a line on how far it holds; with `steps` the derivations too."""
        lines = [f"{row.key}: {self.phrase(f'theorem.{row.key}.title')}"]
        lines.append("  " + self.phrase(f"theorem.{row.key}.statement"))
        if row.theorem is None:
            return "\n".join([*lines, "  " + self.say("verify.failed", message=row.message)])
        lines.append("  " + self._row(row.theorem, row.seconds))
        if steps:
            lines += [line for part in row.theorem.parts for line in self._derivation(row.key, part)]
        return "\n".join(lines)

    def _row(self, found: Theorem, seconds: float) -> str:
        return self.say(
            "verify.sizes_row",
            sizes=self.phrase(f"scope.{found.scope.name}"),
            conditions=self.listed("semicolon", self.given(found)),
            evidence=self.evidence(found),
            steps=found.steps,
            seconds=f"{seconds:.3f}",
        )

    def _derivation(self, key: str, part: Derivation) -> list[str]:
        lines = ["", "  " + self.part(key, part)]
        for link in chain(part, NOTATION):
            kind = self.phrase(f"kind.{type(link.step.proof).__name__}")
            reason = f"{self.phrase(f'rule.{link.step.rule.name}')} [{kind}]"
            if link.left:
                lines.append("    " + plain(link.left))
            lines.append(f"      = {plain(link.right)}    — {reason}")
        return lines

    def result(self, result: Result) -> str:
        """A line on a theorem that was rechecked."""
        if not result.ok:
            return self.say("verify.recheck_failed", name=result.name, message=result.message)
        conditions = self.listed("semicolon", list(result.conditions))
        return self.say(
            "verify.recheck_ok", name=result.name, steps=result.steps, screen=result.screen, conditions=conditions
        )

    def rechecked(self, results: Sequence[Result]) -> str:
        """The last line of a recheck."""
        failed = sum(not result.ok for result in results)
        if failed:
            return self.say("verify.summary_failed", failed=failed, count=len(results))
        return self.say("verify.rechecked", count=len(results), steps=sum(result.steps for result in results))

    # ------------------------------------------------------------------ table

    def table(self, rows: Sequence[Checked]) -> str:
        """A table for people, as wide as their terminal."""
        from rich import box
        from rich.console import Console
        from rich.table import Table
        from rich.text import Text

        shown = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
        shown.add_column(self.phrase("verify.theorem"), ratio=1)
        for key in ("verify.sizes", "table.evidence"):
            shown.add_column(self.phrase(key), max_width=14)
        for key in ("verify.steps", "verify.seconds"):
            shown.add_column(self.phrase(key), justify="right", no_wrap=True)
        for row in rows:
            says = Text()
            says.append(row.key, style="bold cyan" if row.theorem else "bold red")
            says.append(f"  {self.phrase(f'theorem.{row.key}.title')}\n")
            says.append(self.phrase(f"theorem.{row.key}.statement"))
            cells = ("", "", "")
            if row.theorem is None:
                says.append("\n" + self.say("verify.failed", message=row.message))
            else:
                if given := self.given(row.theorem):
                    head = f"{self.phrase('table.conditions')}{self.phrase('colon')}"
                    says.append(f"\n{head}{self.listed('semicolon', given)}", style="italic")
                scope = self.phrase(f"scope.{row.theorem.scope.name}")
                cells = (scope, self.evidence(row.theorem), str(row.theorem.steps))
            shown.add_row(says, *map(Text, cells), f"{row.seconds:.3f}", end_section=True)
        console = Console()
        with console.capture() as captured:
            console.print(shown)
        return captured.get().rstrip()

    # ------------------------------------------------------------------ records

    def record(self, row: Checked, *, steps: bool) -> dict[str, Any]:
        """A theorem as JSON: the statement in TeX and in words, and how far it holds."""
        found = row.theorem
        record: dict[str, Any] = {
            "name": row.key,
            "title": self.phrase(f"theorem.{row.key}.title"),
            "words": self.phrase(f"theorem.{row.key}.statement"),
            "statement": r" ,\qquad ".join(statement(part, NOTATION) for part in found.parts) if found else "",
            "scope": found.scope.value if found else "",
            "evidence": list(found.evidence) if found else [],
            "conditions": self.given(found) if found else [],
            "steps": found.steps if found else 0,
            "seconds": round(row.seconds, 6),
            "ok": found is not None,
        }
        if found is None:
            record["message"] = row.message
        elif steps:
            record["derivations"] = [self._part_record(row.key, part) for part in found.parts]
        return record

    def _part_record(self, key: str, part: Derivation) -> dict[str, Any]:
        return {
            "name": part.name,
            "words": self.part(key, part),
            "steps": [
                {
                    "left": link.left,
                    "right": link.right,
                    "rule": link.step.rule.name,
                    "reason": self.phrase(f"rule.{link.step.rule.name}"),
                    "evidence": type(link.step.proof).__name__,
                    "conditions": [self.phrase(found.key, found.params) for found in of_steps((link.step,))],
                }
                for link in chain(part, NOTATION)
            ],
        }
