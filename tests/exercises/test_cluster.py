"""A class on a cluster: joblib hands the same chunks to dask, and the rows are the same."""

from __future__ import annotations

from importlib import import_module

import pytest

from symbolic.exercises.batch import check_many
from symbolic.exercises.handed import Handed
from symbolic.exercises.own import own

ANSWERS = ("conv(X, delta)", "conv(X, rot180(delta))", "?")


@pytest.mark.slow
@pytest.mark.filterwarnings("default")  # of the cluster's own machinery: ports, event loops, sockets at its end
def test_a_cluster_of_two_workers_gives_the_same_rows() -> None:
    joblib, dask = import_module("joblib"), import_module("distributed")  # without types
    answers = [Handed(str(n), ANSWERS[n % 3]) for n in range(230)]
    alone = list(check_many("conv-grad-filter", answers))
    mine = own("conv2d(X, F)", {"X": (3, 3), "F": (2, 2)}, "F")
    handed = [Handed(str(n), "conv(X, delta)", variant=str(n % 3)) for n in range(120)]
    with (
        dask.LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster,
        dask.Client(cluster) as client,
        dask.get_task_stream(client) as stream,
        joblib.parallel_config(backend="dask"),
    ):
        client.wait_for_workers(2)
        rows = list(check_many("conv-grad-filter", answers, jobs=2))
        varied = list(check_many(mine, handed, jobs=2))
    assert rows == alone
    assert [row["verdict"] for row in varied] == ["correct"] * len(handed)
    assert {task["status"] for task in stream.data} == {"OK"}, "nothing ran on the cluster, or something failed there"
