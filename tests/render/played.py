"""Steppers on both sides: what the engine says lights up, and what a page in a browser shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from render.document import Box, Details, Stepper
from render.stepper import MOST_ENTRIES, MOST_FACTORS, stepping, weight
from render.stepper_layer import NeedsNumbersError, alone

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Locator

    from render.document import Block, Document

State = dict[str, Any]


def steppers(blocks: tuple[Block, ...]) -> Iterator[Stepper]:
    """The steppers of a document, in order."""
    for block in blocks:
        if isinstance(block, Stepper):
            yield block
        elif isinstance(block, Box | Details):
            yield from steppers(block.blocks)


def engine(document: Document) -> list[list[list[State]]]:
    """For every layer that can be played with, for every result and every entry of it, what lights up."""
    return [
        [
            [
                {
                    "lit": sorted([array, cell, number] for array, cell, number in choice.lit),
                    "window": sorted([choice.window[0], cell] for cell in choice.window[1]) if choice.window else [],
                    "chosen": [[result, entry]],
                    "terms": max((number for *_, number in choice.lit), default=1),
                }
                for entry, choice in enumerate(choices)
            ]
            for result, choices in enumerate(stepping(found).choices)
        ]
        for found in _layers(document)
    ]


def _layers(document: Document) -> Iterator[Any]:
    for block in steppers(document.blocks):
        for _, layer in block.layers:
            entries, factors = weight(layer)
            if entries <= MOST_ENTRIES and factors <= MOST_FACTORS:
                try:
                    yield alone(layer, "", block.numbers)
                except NeedsNumbersError:
                    continue


SHOWN = """(layer) => {
  const cells = (kind) => [...layer.querySelectorAll(`td.${kind}`)].flatMap((cell) => {
    const { grid, result } = cell.closest('figure').dataset;
    const place = [Number(grid ?? result), Number(cell.dataset.cell)];
    if (kind !== 'lit') return [place];
    return cell.querySelector('.badge').textContent.split(',').map((number) => [...place, Number(number)]);
  });
  return { lit: cells('lit'), window: cells('window'), chosen: cells('chosen'),
    terms: layer.querySelectorAll('.line .term').length };
}"""
WALKED = f"""(layer) => [...layer.querySelectorAll('figure[data-result]')].map((figure) =>
  [...figure.querySelectorAll('td')].map((cell) => {{ cell.click(); return ({SHOWN})(layer); }}))"""


def shown(layer: Locator) -> State:
    """What a layer shows."""
    return _sorted(layer.evaluate(SHOWN))


def walked(layer: Locator) -> list[list[State]]:
    """What it shows after a click on each entry of each result in turn."""
    return [[_sorted(state) for state in states] for states in layer.evaluate(WALKED)]


def _sorted(state: State) -> State:
    return {key: sorted(value) if isinstance(value, list) else value for key, value in state.items()}


# Text whose contrast with what lies behind it is below a limit: [ratio, text, where].
PALE = """(limit) => {
  const linear = (part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
  const luminance = (colour) => [0.2126, 0.7152, 0.0722].reduce((sum, w, k) => sum + w * linear(colour[k] / 255), 0);
  const parsed = (text) => text.match(/[\\d.]+/g).map(Number);
  const behind = (element) => {
    for (let box = element; box; box = box.parentElement) {
      const [r, g, b, a = 1] = parsed(getComputedStyle(box).backgroundColor);
      if (a === 1) return [r, g, b];
      if (a > 0) throw new Error(`half-transparent background on ${box.outerHTML.slice(0, 80)}`);
    }
    return [255, 255, 255];
  };
  const pale = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    if (!texts.currentNode.data.trim() || element.closest('svg, script, style, template, option')) continue;
    if (!element.checkVisibility()) continue;
    const both = [parsed(getComputedStyle(element).color), behind(element)].map(luminance);
    const ratio = (Math.max(...both) + 0.05) / (Math.min(...both) + 0.05);
    const said = texts.currentNode.data.slice(0, 30);
    if (ratio < limit) pale.push([ratio.toFixed(2), said, element.outerHTML.slice(0, 80)]);
  }
  return pale;
}"""
# Elements that reach beyond the screen without a box of their own to scroll in.
WIDE = """() => [...document.querySelectorAll('main *')].filter((element) => {
  if (element.getBoundingClientRect().right <= innerWidth + 1) return false;
  for (let box = element; box; box = box.parentElement)
    if (getComputedStyle(box).overflowX === 'auto') return false;
  return true;
}).map((element) => element.outerHTML.slice(0, 80))"""
