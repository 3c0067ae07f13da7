"""Every note ends with exercises that exist."""

import re

import pytest

from render.book import note
from render.document import Bullets
from render.notes import NOTES
from render.notes.practice import PRACTICE
from render.questions import question
from symbolic.exercises.catalogue import FUNCTIONS, HOMES
from tests.render.samples import EVERY_NOTE


def test_every_note_has_one_or_two_exercises_of_the_catalogue() -> None:
    assert set(PRACTICE) == set(NOTES)
    for names in PRACTICE.values():
        assert 1 <= len(names) <= 2
        assert set(names) <= set(HOMES) | set(FUNCTIONS)


@pytest.mark.parametrize("name", EVERY_NOTE)
def test_they_stand_at_the_end(name: str) -> None:
    last = note(name).blocks[-1]
    assert isinstance(last, Bullets)
    assert [item.params["name"] for item in last.items] == list(PRACTICE[name])


@pytest.mark.parametrize("name", sorted({*HOMES, *FUNCTIONS}))
def test_chinese_questions_keep_a_space_beside_letters_and_digits_and_none_elsewhere(name: str) -> None:
    asked = question(name, "zh")
    assert "\n" not in asked
    assert re.findall(r"[一-龥][0-9A-Za-z∂]|[0-9A-Za-z][一-龥]", asked) == []
    assert re.findall(r"[一-龥，。；：] [一-龥]", asked) == []
