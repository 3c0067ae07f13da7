"""The report of a class as one HTML page without scripts: what went wrong how often, then a line per answer."""

from __future__ import annotations

import html
from typing import Any

from symbolic.exercises.catalogue import HOMES, exercise
from symbolic.exercises.phrasebook import sentence
from symbolic.exercises.sheet import title
from symbolic.exercises.telling import listed, place

COLUMNS = ("row", "id", "exercise", "variant", "verdict", "score", "misconceptions", "message")
VERDICTS = {"correct": "✓", "wrong": "✗", "unreadable": "?"}
MOST_ENTRIES = 6  # wrong entries that are listed
MOST_DUPLICATES = 20

STYLE = """
body{font:1rem/1.5 system-ui,sans-serif;margin:2rem auto;max-width:75rem;padding:0 1rem;color:#222}
h1{font-size:1.6rem}h2{font-size:1.2rem;margin:2rem 0 .3rem}
table{border-collapse:collapse;margin:.5rem 0}td,th{padding:.25rem .7rem;text-align:left;vertical-align:top}
th{border-bottom:2px solid #999}tbody tr:nth-child(even){background:#8881}
th{white-space:nowrap}.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}.v{white-space:nowrap}
.bar{display:flex;height:1.1rem;max-width:40rem;border:1px solid #666}.bar i{display:block}
.correct{background:#9cc7a2}.wrong{background:#e2a193}.unreadable{background:#ccc}
.key i{display:inline-block;width:.8rem;height:.8rem;border:1px solid #666;margin:0 .3rem 0 1rem}
pre{white-space:pre-wrap;margin:.2rem 0;font:inherit}summary{cursor:pointer}
@media print{details>*{display:block}body{margin:0}}
"""


def page(told: dict[str, Any], rows: list[dict[str, Any]], lang: str) -> str:
    """The page."""
    heading = _say("title", lang)
    several = len(told["exercises"]) > 1
    parts = [f"<h1>{heading}</h1>", _counts(told, lang)]
    if told["duplicates"]:
        shown = list(told["duplicates"].items())[:MOST_DUPLICATES]
        text = "; ".join(f"{name} ({_say('places', lang, rows=', '.join(map(str, places)))})" for name, places in shown)
        parts.append(
            f"<p>{_say('duplicates', lang, text=text)}{'; …' if len(told['duplicates']) > len(shown) else ''}</p>"
        )
    for name, counted in told["exercises"].items():
        parts.append(f"<h2>{_heading(name, lang)}</h2>")
        parts += [_counts(counted, lang)] if several else []
        parts.append(_reasons(name, counted, lang))
    parts.append(f"<h2>{_say('rows', lang)}</h2>{_table(rows, lang)}")
    return (
        f'<!DOCTYPE html>\n<html lang="{lang}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{heading}</title>'
        f"<style>{STYLE}</style></head>\n<body>\n" + "\n".join(parts) + "\n</body></html>\n"
    )


def _say(key: str, lang: str, **params: object) -> str:
    return html.escape(sentence("reports", key, lang, **params))


def _heading(name: str, lang: str) -> str:
    """The exercise's id, and its title where the catalogue has it."""
    titled = f"{name}: {title(name, lang)}" if name in HOMES else name
    return html.escape(titled or "–")


def _counts(counted: dict[str, Any], lang: str) -> str:
    """How many answers got which verdict, as a bar with its key."""
    total = counted["answers"] or 1
    bar = "".join(
        f'<i class="{key}" style="width:{100 * number / total:.2f}%"></i>'
        for key, number in counted["verdicts"].items()
    )
    keys = "".join(
        f'<i class="{key}"></i>{VERDICTS[key]} {number} {_say(key, lang)}'
        for key, number in counted["verdicts"].items()
    )
    return f'<p class="key">{counted["answers"]} {_say("answers", lang)}{keys}</p>\n<div class="bar">{bar}</div>'


def _place(name: str, entry: str) -> str:
    """An entry as the sheet calls it."""
    if name not in HOMES:
        return html.escape(f"({entry})")
    return html.escape(place(exercise(name), tuple(map(int, entry.split(",")))))


def _reasons(name: str, counted: dict[str, Any], lang: str) -> str:
    """The misconceptions by how often they were named, and the entries that are wrong most often."""
    wrong = counted["verdicts"]["wrong"] or 1
    lines = [
        f'<tr><td class="n">{number}<td class="n">{100 * number / wrong:.0f} %'
        f"<td>{html.escape(sentence('misconceptions', key, lang))} <small><code>{html.escape(key)}</code></small>"
        for key, number in counted["misconceptions"].items()
    ]
    head = (
        f'<tr><th class="n">{_say("count", lang)}<th class="n">{_say("share", lang)}<th>{_say("misconceptions", lang)}'
    )
    told = f"<table><thead>{head}</thead><tbody>{''.join(lines)}</tbody></table>" if lines else ""
    if not lines and counted["verdicts"]["wrong"]:
        told = f"<p>{_say('no_reasons', lang)}</p>"
    entries = list(counted["wrong_entries"].items())[:MOST_ENTRIES]
    if entries:
        colon = "：" if lang == "zh" else ": "
        text = listed([f"{_place(name, entry)}{colon}{number}" for entry, number in entries], lang, MOST_ENTRIES)
        told += f"\n<p>{_say('entries', lang, text=text)}</p>"
    return told


def _table(rows: list[dict[str, Any]], lang: str) -> str:
    """A line per answer; the message opens at a click."""
    told = {"variant": any(row["variant"] for row in rows), "exercise": len({row["exercise"] for row in rows}) > 1}
    used = [key for key in COLUMNS if told.get(key, True)]
    head = "".join(f"<th{_class(key)}>{_say(key, lang)}" for key in used)
    body = "\n".join("<tr>" + "".join(f"<td{_class(key)}>{_cell(key, row, lang)}" for key in used) for row in rows)
    return f"<table><thead><tr>{head}</thead>\n<tbody>{body}</tbody></table>"


def _class(key: str) -> str:
    return {"row": ' class="n"', "score": ' class="n"', "verdict": ' class="v"'}.get(key, "")


def _cell(key: str, row: dict[str, Any], lang: str) -> str:
    if key == "verdict":
        return f"{VERDICTS[row[key]]} {_say(row[key], lang)}"
    if key == "score":
        return f"{100 * row[key]:.0f} %"
    if key == "misconceptions":
        return "<br>".join(html.escape(sentence("misconceptions", name, lang)) for name in row[key])
    if key == "message":
        first, _, rest = str(row[key]).partition("\n")
        opened = f"<details><summary>{html.escape(first)}</summary><pre>{html.escape(rest)}</pre></details>"
        return opened if rest else html.escape(first)
    return html.escape(str(row[key]))
