"""Thirty networks that have little in common: every operator, layers and losses put together in many ways."""

from __future__ import annotations

from typing import TYPE_CHECKING

import symbolic as s
from symbolic import tensor as t

if TYPE_CHECKING:
    from symbolic.terms.term import Node


def varied() -> dict[str, Node]:
    """Networks by name; those that are no scalar are paired with error terms."""
    X, F, b = t("X", (2, 2, 6, 5)), t("F", (4, 2, 3, 2)), t("b", (4,))
    w1, x, b1, w2 = t("w1"), t("x"), t("b1"), t("w2")
    return {
        "conv_mse": s.mse_loss(s.conv2d(X, F, b, stride=2, padding=1, name="O"), t("T", (2, 4, 3, 3))),
        "scalar": ((((w1 * x) + b1) * w2 * 2) - t("t")) ** 2,
        "pool_ceil": s.avg_pool2d(t("X", (1, 5, 5)), 3, 2, 1, ceil_mode=True, count_include_pad=False),
        "sum_mse": (s.sum(s.conv2d(t("X", (3, 3)), t("K", (2, 2)), name="O"), name="S") - 230) ** 2,
        "avgpool": s.mse_loss(s.sum(s.avg_pool2d(s.conv2d(t("X", (3, 3)), t("w", (2, 2))), 2), name="z"), t("t")),
        "cnn": s.cross_entropy(
            s.linear(
                s.flatten(
                    s.max_pool2d(
                        s.relu(
                            s.conv2d(
                                t("X", (2, 2, 6, 6)),
                                t("F", (4, 1, 3, 3)),
                                t("b", (4,)),
                                stride=2,
                                padding=1,
                                groups=2,
                                name="Z",
                            ),
                            name="A",
                        ),
                        2,
                        stride=1,
                        name="P",
                    ),
                    1,
                    name="flat",
                ),
                t("W", (3, 16)),
                t("c", (3,)),
                name="logits",
            ),
            [0, 2],
            name="L",
        ),
        "bn": s.sum(s.batch_norm(t("X", (3, 2, 2, 2)), None, None, t("g", (2,)), t("h", (2,)), True) ** 2),
        "ae": s.mse_loss(
            s.conv_transpose2d(
                s.tanh(s.conv2d(t("X", (1, 1, 5, 5)), t("F", (2, 1, 3, 3)), stride=2), name="H"),
                t("G", (2, 1, 3, 3)),
                stride=2,
            ),
            t("X", (1, 1, 5, 5)),
        ),
        "res": s.mean(
            (s.conv2d(t("A", (1, 2, 4, 4)), t("k", (2, 2, 3, 3)), padding="same") + t("A", (1, 2, 4, 4))) ** 2
        ),
        "softmax_vjp": (s.softmax(t("X", (2, 3)), 1)),
        "conv1d_dil": s.sum(s.conv1d(t("X", (9,)), t("F", (3,)), dilation=2, stride=2) ** 2),
        "conv3d": s.conv3d(t("X", (1, 1, 4, 3, 3)), t("F", (1, 1, 2, 2, 2)), padding=1),
        "maxpool_dil": s.max_pool2d(t("X", (1, 6, 6)), 2, 2, 1, dilation=2),
        "l1": s.l1_loss(s.sigmoid(t("X", (2, 3))), t("T", (2, 3))),
        "ce_prob": s.cross_entropy(t("X", (2, 3)), t("P", (2, 3))),
        "logsoft": s.sum(s.log_softmax(t("X", (2, 3)), 1) * t("T", (2, 3))),
        "gelu": s.mean(s.gelu(s.linear(t("X", (2, 3)), t("W", (4, 3)), t("b", (4,))))),
        "softplus": s.mean(s.softplus(t("X", (2, 3))) * s.leaky_relu(t("Y", (2, 3)), 0.2)),
        "cat": s.sum(s.cat([t("A", (2, 2)), t("B", (2, 3))], 1) ** 3),
        "bcast": s.sum((t("A", (2, 2)) * t("r", (2,)) + t("q", (2, 1))) ** 2),
        "div": s.sum(t("A", (2, 2)) / t("B", (2, 2)) + 1 / (t("A", (2, 2)) ** 2)),
        "depthwise": s.conv2d(t("X", (1, 3, 4, 4)), t("F", (3, 1, 2, 2)), groups=3),
        "scipy_full": s.convolve2d(t("X", (3, 4)), t("F", (2, 2)), "full"),
        "scipy_same": s.correlate2d(t("X", (4, 3)), t("F", (3, 2)), "same"),
        "convt_op": s.conv_transpose1d(
            t("X", (2, 3)), t("F", (2, 1, 3)), t("b", (1,)), stride=3, padding=1, output_padding=2
        ),
        "shared": s.sum(s.conv1d(s.conv1d(t("x", (7,)), t("f", (2,))), t("f", (2,))) ** 2),
        "adaptive": s.linear(s.flatten(s.adaptive_avg_pool2d(s.relu(t("X", (2, 3, 4, 4))), 1), 1), t("W", (2, 3))),
        "reshape": s.mean(s.reshape(t("X", (2, 6)), (3, 4)) * t("Y", (3, 4)), dim=0),
        "asym": s.conv2d(t("X", (5, 5)), t("F", (3, 3)), padding=((0, 2), (1, 0)), dilation=(1, 2), stride=(2, 1)),
        "means": s.mean(s.mean(t("A", (2, 3)), dim=0) ** 3 - s.sum(t("B", (3, 2)), dim=1)),
        "ce_none": s.cross_entropy(t("X", (3, 4)), [1, 0, 3], reduction="none"),
    }
