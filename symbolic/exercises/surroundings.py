r"""What people and programs write around an answer, made blank so that every column stays where it was.

    ```latex … ```      **…**      `…`                 how chats and Markdown mark a formula
    - dw1 = 1           two or more of them            items of a list
    The answer is:      答案：     Out[3]:             words in front of it (any others are refused, with their names)
    % a remark                                         a LaTeX comment, up to the end of its line
    , dtype=int64)      , grad_fn=<AddBackward0>)      what NumPy, JAX and PyTorch print behind an array

Everything here is one pass with bounded looks ahead, so its cost is linear.
"""

from __future__ import annotations

import re

_FENCE = re.compile(r"(?P<mark>`{3,12}|~{3,12})[A-Za-z0-9_+-]{0,20}(?=\s)")
_LEAD = re.compile(
    r"""\s*(?:\#{1,4}\s)?(?:\*\*|\\text(?:bf|rm)?\{)?(?:
        (?:(?:the|my|our|final|correct)\s{1,8}){0,3}(?:answer|result|solution|ans|gradient)
            \s{0,8}(?:is\s{0,8}:? | :=? | = | (?=\*\*:?\s) | (?=\n))
      | (?:最终|正确)?(?:答案|解答|结果|梯度|答|解)\s{0,8}(?:[是为]?\s{0,8}[:：] | [是为])
      | Out\s?\[\d{1,5}\]\s?[:=]
      | Parameter\s containing:
    )(?:\*\*:?|\s?\})?""",
    re.VERBOSE | re.IGNORECASE,
)
_COMMENT = re.compile(r"(?<![\\0-9])%[^\n]*")
_BULLET = re.compile(r"^([ \t]*)[-*•](?=[ \t]+\S[^\n]*[=:])", re.MULTILINE)
_WORDS = re.compile(r"[A-Za-z]+(?:['’]s)?(?:[ ,]{1,3}[A-Za-z]+(?:['’]s)?){0,11}")
_PROSE = re.compile(
    r"\b(?:an?|and|answer|are|as|because|but|by|for|from|gives?|get|have|hence|hope|i|if|in|is|it|note|of|or|so|that|the"
    r"|then|therefore|this|thus|to|we|where|which|with|you)\b",
    re.IGNORECASE,
)
_TAIL = re.compile(
    r""",\s{0,24}(?:dtype|device|requires_grad|grad_fn|shape|size|layout|weak_type)\s?=\s?
    (?: <[A-Za-z0-9_ ]{1,40}> | '[A-Za-z0-9:]{1,20}' | \([0-9, ]{0,40}\) | torch\.Size\(\[[0-9, ]{0,40}\]\)
      | [A-Za-z_][A-Za-z0-9_.]{0,40} )(?=\s{0,24}[,)])""",
    re.VERBOSE,
)


def unmarked(text: str) -> str:
    """The text with a fence, bold or code marks around the whole of it made blank, and the words in front of it."""
    lead = _LEAD.match(text)
    if lead is not None:
        text = _blank(text, lead.start(), lead.end())
    text = _unfenced(text)
    for mark in ("**", "`"):
        inside = text.strip()
        if len(inside) > 2 * len(mark) and inside.startswith(mark) and inside.endswith(mark):
            text = _trimmed(text, len(mark), len(mark))
    lines = [line for line in text.split("\n") if line.strip()]
    if len(lines) > 1 and all(map(_BULLET.match, lines)):
        text = _BULLET.sub(r"\1 ", text)
    return text


def stripped(text: str) -> str:
    """The text of a formula without comments of LaTeX and without what programs print behind an array."""
    text = text.replace("180°", "180 ")
    if "%" in text and "\\" in text:
        text = _COMMENT.sub(_spaces, text)
    return _TAIL.sub(_spaces, text) if "=" in text else text


def prose(text: str, at: int) -> str:
    """The words that begin at this place, where they are a piece of a sentence; else nothing."""
    found = _WORDS.match(text, at)
    words = found[0] if found else ""
    return words if _PROSE.search(words) else ""


def _unfenced(text: str) -> str:
    inside = text.strip()
    opening = _FENCE.match(inside)
    if opening is None or not inside.endswith(opening["mark"]) or len(inside) < opening.end() + len(opening["mark"]):
        return text
    return _trimmed(text, opening.end(), len(opening["mark"]))


def _trimmed(text: str, front: int, back: int) -> str:
    """Without the first and last characters that are not blank."""
    start, end = len(text) - len(text.lstrip()), len(text.rstrip())
    return _blank(_blank(text, start, start + front), end - back, end)


def _blank(text: str, start: int, end: int) -> str:
    return text[:start] + re.sub(r"[^\n]", " ", text[start:end]) + text[end:]


def _spaces(match: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", match[0])
