"""What a node tells Prometheus: of its sync what waits and since when and what went wrong; of each device how it is."""

from collections.abc import Iterator
from dataclasses import dataclass

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from devices.standing import THERE
from edge.hardware.hardware import AT_WORK
from edge.node import Node
from hospitality.ground.clock import instant


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


@dataclass(frozen=True, slots=True)
class DeviceCollector(Collector):
    """The devices, printers and stations with screens, a sample each."""

    node: Node

    def collect(self) -> Iterator[Metric]:
        """Whether each is well, how often it was lost, and when it was last heard."""
        labels = ("name", "kind")
        up = GaugeMetricFamily("buffr_device_up", "1 while the device is there and makes sense", labels=labels)
        heard = GaugeMetricFamily("buffr_device_heard_timestamp_seconds", "When it last said something", labels=labels)
        lost = CounterMetricFamily("buffr_device_lost", "How often it was lost since the start", labels=labels)
        for one in self.node.hardware.states():
            of = (one["name"], one["kind"])
            up.add_metric(of, float(one["state"] in THERE))
            lost.add_metric(of, float(one["lost_count"]))
            if one["heard_at"] is not None:
                heard.add_metric(of, instant(one["heard_at"]).timestamp())
        waiting = GaugeMetricFamily("buffr_printer_waiting_slips", "Slips that are not through", labels=("name",))
        for printer in self.node.printing.states():
            up.add_metric((printer["name"], "printer"), float(printer["state"] in AT_WORK))
            waiting.add_metric((printer["name"],), float(printer["jobs_waiting"]))
        text = "1 while a screen of the station is heard; a station without screens has none"
        receiving = GaugeMetricFamily("buffr_station_receiving", text, labels=("station",))
        for name, is_heard in self.node.screens.receiving().items():
            receiving.add_metric((name,), float(is_heard))
        yield from (up, heard, lost, waiting, receiving)
