"""How a migration makes a table that replicates, with the columns that sync adds to each; see `tables` for what they are."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

from hospitality.ground.tables import AMOUNT, ID, Kind, Writer


def new_table(
    name: str,
    *columns: sa.Column[Any],
    indexes: Sequence[Sequence[str]],
    refers: Mapping[str, str] | None = None,
    kind: Kind = "fact",
    writer: Writer = "property",
    large: bool = False,
) -> None:
    """Makes a table as `tables.described` declares it: its own columns, keys and indexes that begin with `org_id`."""
    op.create_table(
        name,
        sa.Column("org_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("property_id", ID, nullable=True),
        *columns,
        sa.Column("_hlc", AMOUNT, server_default=sa.text("(sync_stamp())"), nullable=False),
        sa.Column("_node", sa.Integer(), server_default=sa.text("(sync_node())"), nullable=False),
        sa.Column("_fv", sa.Text(), nullable=True),
        sa.Column("_deleted", sa.Boolean(), server_default=sa.text("(FALSE)"), nullable=False),
        sa.Column("_x", sa.Text(), nullable=True),
        *(
            sa.ForeignKeyConstraint(
                ["org_id", column], [f"{other}.org_id", f"{other}.id"], name=op.f(f"fk_{name}_{column}")
            )
            for column, other in (refers or {}).items()
        ),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f(f"pk_{name}")),
        postgresql_partition_by="HASH (org_id)" if large else None,
        info={"kind": kind, "writer": writer, "large": large, "host": "both"},
    )
    for columns_of in indexes:
        op.create_index(op.f(f"ix_{name}_org_id_{'_'.join(columns_of)}"), name, ["org_id", *columns_of], unique=False)
