"""Batch normalization on a reader's page: mean, variance, root and x_hat have names, the gradients are told by them."""

from __future__ import annotations

from itertools import pairwise

import pytest

from render.document import Calculation, Document, Evidence, Prose, Statement, Theorem
from render.notation import printed_name
from render.own.budget import MOST, PAGE, length
from render.own.document import Network, document
from render.own.pieces import Pieces
from render.write import page
from symbolic import batch_norm, conv2d, tensor
from symbolic.errors import ProofError
from symbolic.functional.text import network, read_shapes
from symbolic.kernel.logic import Definition
from symbolic.kernel.step import Derivation, Step
from symbolic.terms.term import Grad, Node, Term, direct

ONE = ("sum(batch_norm(x, None, None, g, b, training=True)**2)", "x=3x2 g=2 b=2")
IMAGES = ("mse_loss(batch_norm(conv2d(X, F), training=True), T)", "X=2x1x2x2 F=1x1x1x1 T=2x1x2x2")
TWO = ("sum(relu(batch_norm(batch_norm(h, training=True), weight=mu, training=True)))", "h=3x1 mu=1")


def told(case: tuple[str, str]) -> tuple[Network, Document]:
    found = Network(network(case[0], read_shapes(case[1].split())))
    return found, document(found, case[0])


def statements(note: Document) -> list[Step | Derivation]:
    return [one for block in note.blocks if isinstance(block, Statement) for one in block.steps]


def names(note: Document) -> list[str]:
    return [one.lhs.name for one in statements(note) if isinstance(one, Step) and isinstance(one.lhs, Node)]


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        (ONE, ["mu", "v", "r", "x_hat", "O"]),
        (IMAGES, ["O", "mu", "v", "r", "O_hat", "P", "L"]),
        (TWO, ["mu_O", "v_O", "r_O", "h_hat_O", "O", "mu_P", "v_P", "r_P", "O_hat_P", "P"]),
    ],
)
def test_the_pieces_are_defined_in_the_order_of_evaluation(case: tuple[str, str], expected: list[str]) -> None:
    _, note = told(case)
    found = names(note)
    assert found[: len(expected)] == expected


def test_a_name_that_is_taken_is_left_alone() -> None:
    x, mu = tensor("x", (3, 1)), tensor("mu", (1,))
    y = batch_norm(x, weight=mu, training=True, name="y")
    (named,) = Pieces([y], [x, mu, y]).layers.values()
    assert [getattr(named, piece).name for piece in ("mu", "v", "r", "x_hat")] == ["mu_1", "v", "r", "x_hat"]


@pytest.mark.parametrize("case", [ONE, IMAGES, TWO])
def test_the_input_is_told_by_three_terms(case: tuple[str, str]) -> None:
    found, note = told(case)
    for node in found.nodes:
        if node.op == "batch_norm":
            grad = Grad(found.derived.loss, node.args[0])
            ways = [one for one in statements(note) if isinstance(one, Derivation) and one.lhs == grad]
            assert ways[-1].theorems[0].name == "batch-norm-backward/input"
            assert isinstance(ways[-1].steps[-1].proof, Definition)
            assert {part.name for part in _direct(ways[-1].rhs)} & {"r", f"r_{node.name}"}
            assert all(one.rhs == two.lhs for one, two in pairwise(ways[-1].steps))


def _direct(term: Term) -> list[Node]:
    return [part for part in direct(term) if isinstance(part, Node)]


def test_scale_and_shift_are_told_by_the_same_names() -> None:
    _, note = told(ONE)
    by_name = {getattr(one.lhs.wrt, "name", ""): one for one in statements(note) if isinstance(one.lhs, Grad)}
    assert [part.name for part in _direct(by_name["g"].rhs)] == ["x_hat"]
    calculations = [block for block in note.blocks if isinstance(block, Calculation)]
    assert "b" in [getattr(getattr(block.steps[0].lhs, "wrt", None), "name", "") for block in calculations]


def test_paths_are_shown_where_they_fit() -> None:
    _, note = told(("batch_norm(x, training=True)", "x=3x1"))
    keys = [block.key for block in note.blocks if isinstance(block, Prose)]
    assert ("backward.paths" in keys) != ("backward.collected" in keys)
    assert ("backward.paths" in keys) == ("backward.pieces" in keys)


def test_the_theorem_stands_on_the_page_and_in_the_closing_box() -> None:
    _, note = told(IMAGES)
    assert "batch-norm-backward/input" in [b.derivation.name for b in note.blocks if isinstance(b, Theorem)]
    closing = note.blocks[-1]
    assert isinstance(closing, Evidence)
    assert {"claim.named", "claim.theorem"} <= {claim.key for claim in closing.claims}


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_page_says_what_the_pieces_are(lang: str) -> None:
    _, note = told(IMAGES)
    (text,) = [text for name, text in page(note, lang, "md").items() if name.endswith(".md")]
    for shown in (r"\mu_{i} &= ", r"\hat{O}_{ijlu} &= ", "r = ", r"\hat{O}_{j',j,l,u}"):
        assert shown in text or shown.replace(" = ", " &= ") in text


def test_another_formula_is_no_definition_by_names() -> None:
    x = conv2d(tensor("X", (1, 1, 3, 3)), tensor("F", (1, 1, 2, 2)), name="O")
    y = batch_norm(x, training=True, name="P")
    pieces = Pieces([y], [x, y])
    *_, x_hat, last = pieces.steps(y)
    Step(last.lhs, last.rhs, last.rule, last.proof)
    with pytest.raises(ProofError, match="a definition needs"):
        Step(last.lhs, x_hat.rhs.parts[0], last.rule, last.proof)


def test_hats() -> None:
    assert printed_name("x_hat") == (r"\hat{x}", "")
    assert printed_name("O_hat_P") == (r"\hat{O}", "P")
    assert printed_name("x1_hat") == (r"\hat{x}", "1")
    assert printed_name("hat") == (r"\mathrm{hat}", "")


LARGE = (
    "mse_loss(relu(batch_norm(conv2d(X, F, padding=1), None, None, g, b, True)), T)",
    "X=4x3x8x8 F=4x3x3x3 g=4 b=4 T=4x4x8x8",
)


def test_a_large_layer_is_told_by_the_theorem_about_it() -> None:
    found, note = told(LARGE)
    grad = Grad(found.derived.loss, found.derived.tensor("O"))
    (way,) = [one for one in statements(note) if isinstance(one, Derivation) and one.lhs == grad]
    assert way.evidence == ("HandedBack", "Cite", "Definition")
    assert found.factors < MOST


def test_a_normalization_is_counted_by_its_pieces() -> None:
    """Written out in entries of x alone its gradient would have thousands of millions of factors."""
    found = Network(network(LARGE[0], read_shapes(LARGE[1].split())))
    assert PAGE < length(found.derived) < 10 * sum(node.size for node in found.nodes) * found.derived.tensor("O").size
