"""Variants: reproducible, friendly, and never so that a misconception goes unseen."""

from fractions import Fraction
from typing import Any

import pytest

from symbolic.errors import GradproofError
from symbolic.exercises.catalogue import HOMES
from symbolic.exercises.exercise import grids
from symbolic.exercises.judge import check
from symbolic.exercises.own import own
from symbolic.exercises.sheet import sheet
from symbolic.exercises.variants import DRAWS, TABLE, separated, variant

SEEDS = range(4)


@pytest.mark.parametrize("name", TABLE)
def test_the_same_seed_gives_the_same_sheet_and_another_seed_another(name: str) -> None:
    sheets = [sheet(variant(name, seed)) for seed in SEEDS]
    assert sheets == [sheet(variant(name, seed)) for seed in SEEDS]
    assert len(set(sheets)) > 1
    for seed, text in zip(SEEDS, sheets, strict=True):
        assert f"gradproof check {name} --variant {seed}" in text
        assert len(text) < 1200


@pytest.mark.parametrize("name", TABLE)
def test_the_solution_is_right_and_every_misconception_is_wrong(name: str) -> None:
    for seed in SEEDS:
        made = variant(name, seed)
        assert check(made, made.solution).verdict == "correct"
        wrong = [offered for offered in made.offers if offered.transform is not None]
        assert len(wrong) >= 2
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


def test_only_exercises_of_the_catalogue_have_variants() -> None:
    assert set(TABLE) <= set(HOMES)


@pytest.mark.parametrize(
    ("name", "seed", "message"),
    [
        ("conv-cost", 1, "'conv-cost' has no variants; these have: conv-grad-filter"),
        ("relu-backwards", 1, "did you mean 'relu-backward'"),
        ("relu-backward", -1, "at least 0; got -1"),
        ("relu-backward", 2**63, "at least 0; got"),
    ],
)
def test_what_has_no_variant_is_said_in_a_sentence(name: str, seed: int, message: str) -> None:
    with pytest.raises(GradproofError, match=message):
        variant(name, seed)
