"""What head office tells Prometheus of each node: how it lags, when it was heard, and its alarms.

Bounded by how many nodes are told; over all groups, so it is for the machine itself alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from cloud.database import Database
from cloud.headoffice.reading.nodes import Thresholds, told_by
from hospitality.ground.clock import Clock, instant

NODES = "every node in force"
LABELS = ["property", "node"]


@dataclass(frozen=True, slots=True)
class FleetCollector(Collector):
    """Asks the database when it is asked."""

    database: Database
    now: Clock
    thresholds: Thresholds

    def collect(self) -> Iterator[Metric]:
        """One sample a node and figure."""
        now = self.now()
        figures = {
            "waiting_changes": "Changes that the node has not sent, as it said last",
            "lag_seconds": "Age of the oldest of them; 0 when none waits",
            "silent_seconds": "Since when the node was not heard",
            "clock_offset_seconds": "How far its clock is ahead of head office's",
            "kept_transactions": "What came to the node and can't be applied there yet",
            "failing": "1 when it told of an error last",
            "sent_bytes": "Bytes of its messages since its start",
            "received_bytes": "Bytes of the answers since its start",
            "protocol": "What is spoken with it",
            "differed_rows": "Rows that comparisons with it found different so far",
            "standing_rows": "Rows of the last comparison that could not be mended",
            "put_back_timestamp_seconds": "When it was noticed last that head office was an older copy; 0: never",
            "unheard": "1 while it has yet to give back what head office lost by that",
        }
        families = {
            name: GaugeMetricFamily(f"buffr_node_{name}", text, labels=LABELS) for name, text in figures.items()
        }
        alarm = GaugeMetricFamily("buffr_node_alarm", "1 where somebody should look", labels=[*LABELS, "alarm"])
        for row in self.database.before_sign_in("nodes", NODES):
            node = msgspec.json.decode(row["data"])
            labels = [node["property_id"], node["code"]]
            values = _values(node, now)
            for name, value in values.items():
                families[name].add_metric(labels, value)
            for name, is_on in self._alarms(node, values).items():
                alarm.add_metric([*labels, name], float(is_on))
        yield from families.values()
        yield alarm

    def _alarms(self, node: dict[str, Any], values: dict[str, float]) -> dict[str, bool]:
        most = self.thresholds
        is_silent = values["silent_seconds"] > most.silent.total_seconds()
        return {
            "silent": is_silent,
            "backlog": not is_silent and values["lag_seconds"] > most.waiting.total_seconds(),
            "clock": abs(values["clock_offset_seconds"]) > most.clock.total_seconds(),
            "rows": node["standing"] > 0,
            "disk": not is_silent and bool(told_by(node["told"]).storage),
        }


def _values(node: dict[str, Any], now: datetime) -> dict[str, float]:
    told = told_by(node["told"])
    heard = instant(node["seen_at"] or node["enrolled_at"])
    oldest = told.oldest_ms if node["waiting"] else None
    put_back = node["put_back"] or {"epoch": 1, "at": None}
    return {
        "waiting_changes": node["waiting"],
        "lag_seconds": 0.0 if oldest is None else max(0.0, now.timestamp() - oldest / 1000),
        "silent_seconds": max(timedelta(), now - heard).total_seconds(),
        "clock_offset_seconds": node["offset_ms"] / 1000,
        "kept_transactions": told.kept,
        "failing": float(bool(told.error)),
        "sent_bytes": told.sent_bytes,
        "received_bytes": told.received_bytes,
        "protocol": node["protocol"],
        "differed_rows": node["differed"],
        "standing_rows": node["standing"],
        "put_back_timestamp_seconds": put_back["at"] or 0.0,
        "unheard": float(node["settled"] < put_back["epoch"]),
    }
