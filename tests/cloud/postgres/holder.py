"""Opens a cluster in a process of its own, says so in one line of JSON, and holds it until stdin ends."""

import json
import sys
from pathlib import Path

from cloud.postgres import Cluster, ClusterError


def main(data_folder: Path) -> None:
    """Runs until stdin is closed, or for ever."""
    try:
        with Cluster.open(data_folder, durable=False) as cluster:
            said = {"pid": cluster.pid, "started_here": cluster.started_here, "app_url": cluster.app_url}
            print(json.dumps(said), flush=True)
            sys.stdin.read()
    except ClusterError as error:
        print(json.dumps({"code": error.code, "message": error.message}), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
