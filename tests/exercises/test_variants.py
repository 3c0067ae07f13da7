"""Variants: reproducible, friendly, and never so that a misconception goes unseen."""

import json
import re
from fractions import Fraction
from typing import Any

import pytest

from symbolic.errors import GradproofError
from symbolic.exercises.catalogue import HOMES
from symbolic.exercises.exercise import grids
from symbolic.exercises.judge import check
from symbolic.exercises.own import own
from symbolic.exercises.phrasebook import book
from symbolic.exercises.sheet import sheet
from symbolic.exercises.variants import DRAWS, TABLE, built, separated, variant

SEEDS = range(3)


@pytest.mark.slow
@pytest.mark.parametrize("name", TABLE)
def test_the_same_seed_gives_the_same_sheet_and_another_seed_another(name: str) -> None:
    sheets = [sheet(variant(name, seed)) for seed in SEEDS]
    built.cache_clear()
    assert sheets == [sheet(variant(name, seed)) for seed in SEEDS]
    assert len(set(sheets)) > 1
    for seed, text in zip(SEEDS, sheets, strict=True):
        assert f"gradproof check {name} --variant {seed}" in text
        assert len(text) < 1400


@pytest.mark.parametrize("name", TABLE)
def test_the_text_is_that_of_the_exercise_in_both_languages(name: str) -> None:
    for seed in SEEDS:
        english, chinese = (sheet(variant(name, seed), lang) for lang in ("en", "zh"))
        assert not {"{", "}"} & set(english.replace('{"', "").replace("…}", "")), english
        assert "conv2d(" not in english  # told in words and formulas, not as a call
        assert "conv1d(" not in english
        numbers = [set(re.findall(r"\d+(?:×\d+)+|= -?\d+|\[\[[-\d, \[\]]*\]\]", text)) for text in (english, chinese)]
        assert numbers[0] == numbers[1]


def test_every_variant_has_its_text_and_every_text_a_variant() -> None:
    assert {key.removesuffix(".title") for key in book("variants")} == set(TABLE) == set(HOMES)


@pytest.mark.parametrize("name", TABLE)
def test_the_solution_is_right_and_every_misconception_is_wrong(name: str) -> None:
    for seed in SEEDS:
        made = variant(name, seed)
        assert check(made, made.solution).verdict == "correct"
        wrong = [offered for offered in made.offers if offered.transform is not None]
        assert len(wrong) >= 4
        for offered in wrong:
            assert any(grid != made.truth for grid in grids(offered.works(made.work)))


def test_numbers_are_small_and_no_degenerate_ones_are_kept() -> None:
    symmetric: dict[str, Any] = {"X": [[1, 2, 1], [2, 3, 2], [1, 2, 1]], "K": [[1, 1], [1, 1]]}
    shapes: dict[str, tuple[int, ...]] = {"X": (3, 3), "K": (2, 2)}
    blind = own("(sum(conv2d(X, K)) - 30) ** 2", shapes, "K", values=symmetric)
    for seed in SEEDS:
        made = variant("conv-sum-mse-gradient", seed)
        assert separated(made) > separated(blind)
        assert "flipped_kernel_true_convolution" in {offered.key for offered in made.offers}
        assert all(abs(entry.constant or Fraction(0)) < 10**6 for entry in made.truth.entries)
    assert DRAWS > 1


def value(*numbers: int) -> str:
    return str(list(numbers))


def test_variants_of_numbers_again_from_their_text() -> None:
    """What the sheet says, calculated here once more from its own numbers."""
    for seed in SEEDS:
        made = variant("scalar-net-gradients", seed)
        given = dict(re.findall(r"(\w+) = (-?\d+)", sheet(made).split("with ")[1]))
        w1, b1, w2, x, t = (int(given[name]) for name in ("w1", "b1", "w2", "x", "t"))
        error = 2 * (2 * (w1 * x + b1) * w2 - t)
        assert check(made, value(error * 2 * w2 * x, error * 2 * w2, error * 2 * (w1 * x + b1))).verdict == "correct"
        made = variant("conv-cost", seed)
        (side, channels), (_, narrow) = (
            tuple(map(int, found))
            for found in sorted(set(re.findall(r"(\d+)×\d+×(\d+)", sheet(made))), key=lambda f: -int(f[1]))
        )
        direct, detour = side**2 * 9 * channels**2, side**2 * (channels * narrow + 9 * narrow * channels)
        assert check(made, value(direct, detour)).verdict == "correct"
        made = variant("avg-pool-backward", seed)
        found = re.search(r"delta = (\[\[.*\]\])", sheet(made))
        assert found is not None
        delta = json.loads(found[1])
        rows = [[entry / 4 for entry in row for _ in (0, 1)] for row in delta for _ in (0, 1)]
        assert check(made, json.dumps(rows)).verdict == "correct"


def test_the_matrix_forms_hold_at_other_sizes() -> None:
    for seed in range(8):
        assert check(variant("conv-grad-filter", seed), "conv(X, delta)").verdict == "correct"
        assert check(variant("conv-grad-input", seed), "full_conv(delta, rot180(F))").verdict == "correct"
        flipped = check(variant("conv-grad-input", seed), "full_conv(delta, F)")
        assert "forgot_rot180" in flipped.misconceptions
        assert check(variant("wide-conv", seed), "full_conv(X, rot180(W))").verdict == "correct"


def test_the_step_after_the_gradient_goes_on_from_the_learners_own() -> None:
    made = variant("conv-sum-mse-update", 2)
    assert check(made, "[[1, 2], [3, 4]]", earlier="[[100, 200], [300, 400]]").verdict == "wrong"
    start = [entry.constant for entry in made.work.value(made.work.tensors["K"]).entries]  # type: ignore[attr-defined]
    steps = [value - Fraction(100 * (k + 1), 100) for k, value in enumerate(start)]
    own = f"[[{steps[0]}, {steps[1]}], [{steps[2]}, {steps[3]}]]"
    assert check(made, own, earlier="[[100, 200], [300, 400]]").verdict == "correct"


@pytest.mark.parametrize(
    ("name", "seed", "message"),
    [
        ("numpy-operators", 1, "asks for a function, which is tried at many sizes anyway"),
        ("relu-backwards", 1, "did you mean 'relu-backward'"),
        ("relu-backward", -1, "at least 0; got -1"),
        ("relu-backward", 2**63, "at least 0; got"),
    ],
)
def test_what_has_no_variant_is_said_in_a_sentence(name: str, seed: int, message: str) -> None:
    with pytest.raises(GradproofError, match=message):
        variant(name, seed)
