"""Allowances that nodes spend from while apart, with the facts that they are counted by."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the tables."""
    op.create_table(
        "sync_allowances",
        *_key(),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("risk_budget", _big(), server_default=sa.text("0"), nullable=False),
        *_engine(),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_sync_allowances")),
    )
    _counted("sync_earnings", _cause())
    _counted(
        "sync_grants",
        sa.Column("node", sa.Integer(), nullable=False),
        _life(),
        sa.Column("rest", _big(), nullable=False),
        _cause(),
    )
    _counted("sync_spends", _life(), _cause())
    _counted("sync_wants", _life())


def _counted(name: str, *columns: sa.Column[Any]) -> None:
    op.create_table(
        name,
        *_key(),
        sa.Column("allowance_id", _id(), nullable=False),
        *columns,
        sa.Column("amount", _big(), nullable=False),
        *_engine(),
        sa.ForeignKeyConstraint(
            ["org_id", "allowance_id"],
            ["sync_allowances.org_id", "sync_allowances.id"],
            name=op.f(f"fk_{name}_allowance_id"),
        ),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f(f"pk_{name}")),
    )
    op.create_index(op.f(f"ix_{name}_org_id_allowance_id"), name, ["org_id", "allowance_id"], unique=False)


def _life() -> sa.Column[Any]:
    return sa.Column("incarnation", sa.Integer(), nullable=False)


def _cause() -> sa.Column[Any]:
    return sa.Column("cause", sa.Text(), nullable=False)


def _id() -> sa.Text:
    return sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql")


def _big() -> sa.BigInteger:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _key() -> list[sa.Column[Any]]:
    return [
        sa.Column("org_id", _id(), nullable=False),
        sa.Column("id", _id(), nullable=False),
        sa.Column("property_id", _id(), nullable=True),
    ]


def _engine() -> list[sa.Column[Any]]:
    return [
        sa.Column("_hlc", _big(), server_default=sa.text("(sync_stamp())"), nullable=False),
        sa.Column("_node", sa.Integer(), server_default=sa.text("(sync_node())"), nullable=False),
        sa.Column("_fv", sa.Text(), nullable=True),
        sa.Column("_deleted", sa.Boolean(), server_default=sa.text("(FALSE)"), nullable=False),
        sa.Column("_x", sa.Text(), nullable=True),
    ]
