"""Notes on networks of the reader's own: every operator, both languages, every format; what is printed is checked."""

import random
import re
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from render.arrange import number
from render.document import Calculation, Document, Evidence, Figure, Prose, Statement
from render.own.budget import MOST, PAGE, Budget, length
from render.own.document import Network, document
from render.own.naming import named
from render.own.unfolding import cost, elementwise, knotted, unfolded
from render.write import page
from symbolic import avg_pool2d, conv2d, derive, relu, tensor
from symbolic.errors import GradproofError
from symbolic.functional import sum as total
from symbolic.functional.text import network, read_shapes
from symbolic.kernel.step import Derivation
from symbolic.roads.evaluate import Numbers
from symbolic.terms.term import Leaf, Node, Tensor
from tests.render.own_networks import NETWORKS
from tests.tools import require_tool


def built(key: str, wrt: tuple[str, ...] = ()) -> Network:
    text, shapes = NETWORKS[key]
    return Network(network(text, read_shapes(shapes.split())), wrt)


def numbers(found: Network, seed: int = 3) -> dict[str, Any]:
    draw = random.Random(seed)
    return {leaf.name: _drawn(tuple(map(int, leaf.shape)), draw) for leaf in found.derived.inputs}  # type: ignore[arg-type]


def _drawn(shape: tuple[int, ...], draw: random.Random) -> Any:
    return [_drawn(shape[1:], draw) for _ in range(shape[0])] if shape else draw.randrange(1, 9)


def told(key: str, *, values: bool) -> Document:
    found = built(key)
    return document(found, NETWORKS[key][0], numbers(found) if values else None)


def keys(note: Document) -> list[str]:
    return [block.key for block in note.blocks if isinstance(block, Prose)]


@pytest.mark.slow
@pytest.mark.parametrize("values", [False, True])
@pytest.mark.parametrize("key", NETWORKS)
def test_every_network_becomes_a_page(key: str, *, values: bool) -> None:
    note = told(key, values=values)
    for lang, form in (("en", "md"), ("en", "tex"), ("zh", "md"), ("zh", "html")):
        text = next(iter(page(note, lang, form).values()))
        assert form != "md" or "{" not in re.sub(r"```.*?```|\$.*?\$", "", text, flags=re.DOTALL)
    markdown = next(iter(page(note, "en", "md").values()))
    for fence in re.findall(r"```math\n(.*?)```", markdown, flags=re.DOTALL):
        assert len(fence) < 5_000
        assert fence.count("{") == fence.count("}")


@pytest.mark.parametrize("key", NETWORKS)
def test_a_gradient_is_told_for_every_input_and_error_term(key: str) -> None:
    found = built(key)
    note = document(found, NETWORKS[key][0])
    box = note.blocks[-1]
    assert isinstance(box, Evidence)
    claimed = {claim.derivation.lhs for claim in box.claims if claim.key == "claim.gradient"}
    tensors = [*found.derived.inputs, *(node for node in found.derived.sweep.nodes if node is not found.derived.loss)]
    expected = {found.derived.proof(x).lhs for x in tensors if x is not found.cotangent}
    assert claimed == expected


@pytest.mark.parametrize("key", NETWORKS)
def test_written_out_arrays_have_the_value_of_their_formula(key: str) -> None:
    found = built(key).derived
    drawn = numbers(built(key))
    values: dict[Tensor, Any] = {leaf: np.array(drawn[leaf.name], dtype=object) for leaf in found.inputs}
    for term in (*(node.body for node in found.sweep.nodes), *found.sweep.rules.values()):
        if cost(term) > 3_000:
            continue
        known = Numbers(dict(values), found.sweep.rules)
        one, other = known.of(term), known.of(unfolded(term))
        assert one.shape == other.shape
        assert np.allclose(one.astype(float), other.astype(float), rtol=1e-9)


@pytest.mark.parametrize("key", ["kink", "classifier", "absolute", "overlapping"])
def test_kinks_are_stated(key: str) -> None:
    note = told(key, values=False)
    assert "backward.given" in keys(note)
    box = note.blocks[-1]
    assert isinstance(box, Evidence)
    assert any(claim.derivation.given for claim in box.claims)


def test_theorems_for_all_sizes_are_cited() -> None:
    note = told("layer", values=False)
    names = {theorem.name for step in _derivations(note) for theorem in step.theorems}
    assert names == {"filter-gradient", "input-gradient", "average-pool-backward"}
    assert keys(note).count("backward.theorem") == 3


def _derivations(note: Document) -> list[Derivation]:
    box = note.blocks[-1]
    assert isinstance(box, Evidence)
    return [claim.derivation for claim in box.claims]


def test_exact_numbers_are_steps_and_rounded_ones_are_not() -> None:
    exact, rounded = told("layer", values=True), told("dense", values=True)
    assert "numbers.gradients" in keys(exact)
    assert "numbers.rounded" not in keys(exact)
    assert "numbers.rounded" in keys(rounded)
    assert "numbers.gradients" not in keys(rounded)
    text = next(iter(page(exact, "en", "md").values()))
    found = built("layer")
    loss = found.derived.evaluate(numbers(found)).value
    assert f"L &= {number(Fraction(loss), decimals=True)}" in text


def test_a_large_network_is_told_by_one_entry_and_says_so() -> None:
    found = built("large")
    assert found.factors == length(found.derived) > PAGE
    note = document(found, NETWORKS["large"][0])
    assert "setting.budget" in keys(note)
    assert "forward.one" in keys(note)
    assert "backward.one" in keys(note)
    assert "long" in keys(note)  # the filter's gradient has 576 products per entry
    assert "numbers.untried" in keys(note)
    assert len(next(iter(page(note, "en", "md").values()))) < 20_000


def test_a_huge_network_is_refused_in_advance() -> None:
    with pytest.raises(GradproofError, match=r"about [0-9,]+ factors written out; a note is written up to 4,000,000"):
        Network(network("sum(conv2d(X, F))", {"X": (300, 300), "F": (9, 9)}))
    assert MOST == 4_000_000


def test_only_the_gradients_asked_for_are_told() -> None:
    note = document(built("dense", ("V",)), NETWORKS["dense"][0])
    names = [derivation.lhs.wrt.name for derivation in _derivations(note) if hasattr(derivation.lhs, "wrt")]
    assert set(names) == {"Q", "R", "V"}  # what lies between the loss and V, and V


def test_names_are_given_where_there_were_none() -> None:
    found = built("named")
    assert [node.name for node in found.nodes] == ["O", "P", "Z", "Q"]
    assert found.cotangent is not None
    assert found.cotangent.name == "D"
    assert found.derived.loss.name == "L"
    X, O, L = tensor("X", (3, 3)), tensor("O", (2, 2)), tensor("L", (1, 1))
    loss = named(total(avg_pool2d(conv2d(X, O), 2) * L))
    letters = [term.name for term in derive(loss).sweep.nodes if isinstance(term, Node)]
    assert letters == ["P", "Q", "R", "U"]  # O and L are the reader's


def test_named_networks_are_the_same_networks() -> None:
    for key, (text, shapes) in NETWORKS.items():
        plain = network(text, read_shapes(shapes.split()))
        if plain.shape or key == "large":
            continue
        values = numbers(built(key))
        one, other = derive(plain).evaluate(values), derive(named(plain)).evaluate(values)
        assert one.value == other.value
        for name in values:
            assert (one.grads[name] == other.grads[name]).all()


def test_tensors_with_the_letters_of_the_page_stay_apart() -> None:
    found = Network(network("conv1d(D, L)", {"D": (3,), "L": (2,)}))
    assert found.cotangent is not None
    assert [found.cotangent.name, found.derived.loss.name] == ["G", "D1"]
    assert page(document(found, "conv1d(D, L)"), "en", "md")


def test_a_deep_network_runs_out_of_letters_and_not_of_names() -> None:
    text = "x" + "*x" * 30
    found = Network(network(f"sum({text})", {"x": (2,)}))
    assert {"H1", "H2"} <= {node.name for node in found.nodes}
    note = document(found, text)
    assert "setting.no_graph" in keys(note)
    assert not any(isinstance(block, Figure) for block in note.blocks)


def test_the_budget_is_spent_once() -> None:
    X = tensor("X", (10, 10))
    term = conv2d(X, tensor("F", (1, 1))).body
    budget = Budget(cost(term) + 1)
    assert budget.whole(term)
    assert not budget.whole(term)


def test_what_is_elementwise_is_not_written_out() -> None:
    X, F = tensor("X", (3, 3)), tensor("F", (2, 2))
    assert elementwise(relu(X).body)
    assert elementwise((X * X - X / 2).body)
    assert not elementwise(conv2d(X, F).body)
    assert not elementwise(total(X).body)
    assert not knotted(conv2d(X, F).body)


def test_every_equality_of_a_page_is_a_step() -> None:
    note = told("classifier", values=True)
    blocks = [block for block in note.blocks if isinstance(block, Statement | Calculation)]
    assert len(blocks) > 10
    assert all(hasattr(step, "proof") or isinstance(step, Derivation) for block in blocks for step in block.steps)


def test_a_page_is_the_same_every_time() -> None:
    one, other = (page(told("kink", values=True), "zh", "html") for _ in range(2))
    assert one == other


def test_leaves_keep_their_names() -> None:
    found = built("classifier")
    assert [leaf.name for leaf in found.derived.inputs if isinstance(leaf, Leaf)] == ["X", "F", "W", "b"]


@pytest.mark.slow
@pytest.mark.parametrize(("key", "lang"), [("classifier", "zh"), ("groups", "en"), ("batch", "zh"), ("volume", "en")])
def test_pages_compile(key: str, lang: str, tmp_path: Path) -> None:
    import subprocess

    xelatex = require_tool("xelatex")
    path = tmp_path / "derive.tex"
    path.write_text(next(iter(page(told(key, values=True), lang, "tex").values())), encoding="utf-8")
    command = (xelatex, "-interaction=nonstopmode", "-halt-on-error", path.name)
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, errors="replace", check=False)
    assert done.returncode == 0, done.stdout[-2000:]
    log = (tmp_path / "derive.log").read_text(encoding="utf-8", errors="replace")
    assert "Missing character" not in log
    wide = [float(points) for points in re.findall(r"Overfull \\hbox \(([\d.]+)pt", log)]
    assert max(wide, default=0) < 15
