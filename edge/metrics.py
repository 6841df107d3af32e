"""What a node tells Prometheus of its sync: what waits and since when, when it was last heard, what went wrong."""

from collections.abc import Iterator
from dataclasses import dataclass

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from edge.node import Node


@dataclass(frozen=True, slots=True)
class SyncCollector(Collector):
    """Asks the node when it is asked."""

    node: Node

    def collect(self) -> Iterator[Metric]:
        """One sample a figure."""
        found = self.node.sync_status()
        gauges = {
            "waiting_changes": ("Changes that head office has not acknowledged", found["waiting"]),
            "lag_seconds": ("Age of the oldest of them; 0 when none waits", found["oldest_waiting_seconds"]),
            "online": ("1 while head office is heard", found["state"] == "online"),
            "stopped": ("1 when head office refuses this node", found["stopped"] is not None),
            "failing": ("1 when the last try of either loop failed", found["last_error"] is not None),
            "last_success_timestamp_seconds": ("When head office was last heard", found["last_success_seconds"]),
            "clock_offset_seconds": ("How far the clock is behind head office's", found["clock_offset_ms"] / 1000),
            "set_aside": ("Transactions of ours that head office could not apply", found["set_aside"]),
            "open_conflicts": ("Conflicts that nobody has decided", found["conflicts"]),
            "kept_transactions": ("What came and can't be applied yet", found["kept"]),
            "healing": ("1 while all rows are being compared with head office's", found["healing"]),
            "differed_rows": ("Rows that comparisons found different since the start", found["differed"]),
            "standing_rows": ("Rows of the last comparison that could not be mended", found["standing"]),
            "broken_references": ("Rows that lean on one that is not here", found["broken_references"] or 0),
            "storage_trouble": ("1 while the disk takes nothing new", found["storage"] is not None),
        }
        for name, (text, value) in gauges.items():
            yield GaugeMetricFamily(f"buffr_sync_{name}", text, value=float(value))
        if found["backup_age_seconds"] is not None:
            text = "Age of the newest copy on the second disk"
            yield GaugeMetricFamily("buffr_sync_backup_age_seconds", text, value=float(found["backup_age_seconds"]))
        for way in ("sent", "received"):
            text = f"Bytes {way} since the start"
            yield CounterMetricFamily(f"buffr_sync_{way}_bytes", text, value=float(found[f"{way}_bytes"]))
