"""Metrics of several users' clients on a cluster: one sum, on one shard."""

from __future__ import annotations

import time
import uuid

from wellness import keys
from wellness.client import connect, for_shards, for_user
from wellness.ops.measured import cells
from wellness.ops.metrics import Metrics
from wellness.ops.metrics_store import MetricsStore
from wellness.topologies import Clustered


def test_on_a_cluster_all_users_metrics_are_one_sum(cluster: Clustered) -> None:
    namespace, metrics = f"wellness:test:{uuid.uuid4().hex[:12]}", Metrics()
    known = {"settings": cluster.settings, "clock": time.time, "namespace": namespace}
    with connect(cluster.settings, observer=metrics) as client:
        try:
            for user in ("ann", "gus", "zoe"):
                own = for_user(client, user)
                own.set(keys.Keys(namespace, user).scratch("x"), "1")
                store = MetricsStore(own, **known)  # type: ignore[arg-type]
                store.push(metrics)
            merged = MetricsStore(client, **known).merged()  # type: ignore[arg-type]
            assert merged.commands["SET"].calls == 3
            assert cells(merged).items() <= cells(metrics.measured()).items()
            assert len(store.series("ops", time.time() - 60).points) in (1, 2)
            placed = [
                {
                    key
                    for key in keys.scan(shard, namespace)
                    if keys.parse(key).user == keys.EVERYONE
                }
                for shard in for_shards(client)
            ]
            assert sum(map(bool, placed)) == 1
        finally:
            for shard in for_shards(client):
                keys.delete(shard, namespace)
