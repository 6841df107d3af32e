"""A node as it ships, enrolled at a running head office and talking to it by itself."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from edge.database import connect
from edge.identity import Identity, keep_identity
from edge.keys import open_keys
from edge.node import Node
from edge.settings import EdgeSettings
from sync.hub.register import offer_code
from sync.signing import public_text
from tests.cloud_fixture import HeadOffice
from tests.empty_node import put_empty_node


@contextmanager
def joined_node(office: HeadOffice, property_id: str, folder: Path, *, cloud_url: str | None = None) -> Iterator[Node]:
    """The property's node, enrolled at the first time; `cloud_url` is another way to head office."""
    settings = EdgeSettings(data=folder, keys=folder / "keys", cloud_url=cloud_url)
    if not settings.database.exists():
        _enrol(office, property_id, settings)
    with Node(settings) as node:
        yield node


def _enrol(office: HeadOffice, property_id: str, settings: EdgeSettings) -> None:
    put_empty_node(settings.data, settings.keys_folder)
    keys = open_keys(settings.keys_folder)
    with office.cloud.database.transaction(office.org_id) as tenant:
        code, _ = offer_code(tenant, office.org_id, property_id)
    with closing(connect(settings.database, keys.database)) as connection, office.client() as client:
        answer = client.post("/sync/v1/enrol", json={"code": code, "public_key": public_text(keys.node)})
        told = answer.json()
        ids = (told["node_id"], told["number"], told["code"], told["org_id"], told["property_id"])
        keep_identity(connection, Identity(office.url, *ids))
