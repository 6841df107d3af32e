"""What the property and head office share."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the tables of the first release."""
    op.create_table(
        "business_days",
        sa.Column("org_id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=False),
        sa.Column("id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=False),
        sa.Column("property_id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=True),
        sa.Column("date", sa.Text().with_variant(sa.Date(), "postgresql"), nullable=False),
        sa.Column(
            "opened_at", sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True), "postgresql"), nullable=False
        ),
        sa.Column(
            "closed_at", sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True), "postgresql"), nullable=True
        ),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column(
            "_hlc",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            server_default=sa.text("(sync_stamp())"),
            nullable=False,
        ),
        sa.Column("_node", sa.Integer(), server_default=sa.text("(sync_node())"), nullable=False),
        sa.Column("_fv", sa.Text(), nullable=True),
        sa.Column("_deleted", sa.Boolean(), server_default=sa.text("(FALSE)"), nullable=False),
        sa.Column("_x", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_business_days")),
        info={"kind": "record", "writer": "property", "large": False, "host": "both"},
    )
    op.create_index(
        op.f("ix_business_days_org_id_property_id_date"),
        "business_days",
        ["org_id", "property_id", "date"],
        unique=False,
    )
    op.create_table(
        "journal",
        sa.Column("org_id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=False),
        sa.Column("id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=False),
        sa.Column("property_id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=True),
        sa.Column("node", sa.Integer(), nullable=False),
        sa.Column("incarnation", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True), "postgresql"), nullable=False),
        sa.Column("business_date", sa.Text().with_variant(sa.Date(), "postgresql"), nullable=True),
        sa.Column("actor_id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=True),
        sa.Column("approver_id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=True),
        sa.Column("terminal_id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("previous_hash", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column(
            "_hlc",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            server_default=sa.text("(sync_stamp())"),
            nullable=False,
        ),
        sa.Column("_node", sa.Integer(), server_default=sa.text("(sync_node())"), nullable=False),
        sa.Column("_fv", sa.Text(), nullable=True),
        sa.Column("_deleted", sa.Boolean(), server_default=sa.text("(FALSE)"), nullable=False),
        sa.Column("_x", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_journal")),
        info={"kind": "fact", "writer": "both", "large": True, "host": "both"},
        postgresql_partition_by="HASH (org_id)",
    )
    op.create_index(
        op.f("ix_journal_org_id_node_incarnation_number"),
        "journal",
        ["org_id", "node", "incarnation", "number"],
        unique=False,
    )
    op.create_index(op.f("ix_journal_org_id_property_id_at"), "journal", ["org_id", "property_id", "at"], unique=False)
    op.create_table(
        "kept_answers",
        sa.Column("org_id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=False),
        sa.Column("id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=False),
        sa.Column("property_id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=True),
        sa.Column("at", sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True), "postgresql"), nullable=False),
        sa.Column("body_hash", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_kept_answers")),
        info={"kind": "local", "writer": "property", "large": False, "host": "both"},
    )
    op.create_index(op.f("ix_kept_answers_org_id_at"), "kept_answers", ["org_id", "at"], unique=False)
    op.create_table(
        "menu_categories",
        sa.Column("org_id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=False),
        sa.Column("id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=False),
        sa.Column("property_id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sort", sa.Integer(), nullable=False),
        sa.Column(
            "_hlc",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            server_default=sa.text("(sync_stamp())"),
            nullable=False,
        ),
        sa.Column("_node", sa.Integer(), server_default=sa.text("(sync_node())"), nullable=False),
        sa.Column("_fv", sa.Text(), nullable=True),
        sa.Column("_deleted", sa.Boolean(), server_default=sa.text("(FALSE)"), nullable=False),
        sa.Column("_x", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_menu_categories")),
        info={"kind": "record", "writer": "both", "large": False, "host": "both"},
    )
    op.create_index(
        op.f("ix_menu_categories_org_id_property_id"), "menu_categories", ["org_id", "property_id"], unique=False
    )
    op.create_table(
        "modifier_groups",
        sa.Column("org_id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=False),
        sa.Column("id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=False),
        sa.Column("property_id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("choices_min", sa.Integer(), nullable=False),
        sa.Column("choices_max", sa.Integer(), nullable=False),
        sa.Column(
            "_hlc",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            server_default=sa.text("(sync_stamp())"),
            nullable=False,
        ),
        sa.Column("_node", sa.Integer(), server_default=sa.text("(sync_node())"), nullable=False),
        sa.Column("_fv", sa.Text(), nullable=True),
        sa.Column("_deleted", sa.Boolean(), server_default=sa.text("(FALSE)"), nullable=False),
        sa.Column("_x", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_modifier_groups")),
        info={"kind": "record", "writer": "both", "large": False, "host": "both"},
    )
    op.create_index(
        op.f("ix_modifier_groups_org_id_property_id"), "modifier_groups", ["org_id", "property_id"], unique=False
    )
    op.create_table(
        "number_series",
        sa.Column("org_id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=False),
        sa.Column("id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=False),
        sa.Column("property_id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_number_series")),
        info={"kind": "local", "writer": "property", "large": False, "host": "both"},
    )
    op.create_table(
        "orders",
        sa.Column("org_id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=False),
        sa.Column("id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=False),
        sa.Column("property_id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=True),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("table_label", sa.Text(), nullable=True),
        sa.Column("covers", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("opened_by", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=True),
        sa.Column("terminal_id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=True),
        sa.Column("business_date", sa.Text().with_variant(sa.Date(), "postgresql"), nullable=False),
        sa.Column(
            "opened_at", sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True), "postgresql"), nullable=False
        ),
        sa.Column(
            "_hlc",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            server_default=sa.text("(sync_stamp())"),
            nullable=False,
        ),
        sa.Column("_node", sa.Integer(), server_default=sa.text("(sync_node())"), nullable=False),
        sa.Column("_fv", sa.Text(), nullable=True),
        sa.Column("_deleted", sa.Boolean(), server_default=sa.text("(FALSE)"), nullable=False),
        sa.Column("_x", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_orders")),
        info={"kind": "fact", "writer": "property", "large": True, "host": "both"},
        postgresql_partition_by="HASH (org_id)",
    )
    op.create_index(
        op.f("ix_orders_org_id_property_id_business_date_id"),
        "orders",
        ["org_id", "property_id", "business_date", "id"],
        unique=False,
    )
    op.create_table(
        "organisations",
        sa.Column("org_id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=False),
        sa.Column("id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=False),
        sa.Column("property_id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "_hlc",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            server_default=sa.text("(sync_stamp())"),
            nullable=False,
        ),
        sa.Column("_node", sa.Integer(), server_default=sa.text("(sync_node())"), nullable=False),
        sa.Column("_fv", sa.Text(), nullable=True),
        sa.Column("_deleted", sa.Boolean(), server_default=sa.text("(FALSE)"), nullable=False),
        sa.Column("_x", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_organisations")),
        info={"kind": "record", "writer": "group", "large": False, "host": "both"},
    )
    op.create_table(
        "people",
        sa.Column("org_id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=False),
        sa.Column("id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=False),
        sa.Column("property_id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=True),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column(
            "_hlc",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            server_default=sa.text("(sync_stamp())"),
            nullable=False,
        ),
        sa.Column("_node", sa.Integer(), server_default=sa.text("(sync_node())"), nullable=False),
        sa.Column("_fv", sa.Text(), nullable=True),
        sa.Column("_deleted", sa.Boolean(), server_default=sa.text("(FALSE)"), nullable=False),
        sa.Column("_x", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_people")),
        info={"kind": "record", "writer": "both", "large": False, "host": "both"},
    )
    op.create_index(op.f("ix_people_org_id_property_id"), "people", ["org_id", "property_id"], unique=False)
    op.create_table(
        "properties",
        sa.Column("org_id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=False),
        sa.Column("id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=False),
        sa.Column("property_id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("cut_off_hour", sa.Integer(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column(
            "_hlc",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            server_default=sa.text("(sync_stamp())"),
            nullable=False,
        ),
        sa.Column("_node", sa.Integer(), server_default=sa.text("(sync_node())"), nullable=False),
        sa.Column("_fv", sa.Text(), nullable=True),
        sa.Column("_deleted", sa.Boolean(), server_default=sa.text("(FALSE)"), nullable=False),
        sa.Column("_x", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_properties")),
        info={"kind": "record", "writer": "group", "large": False, "host": "both"},
    )
    op.create_table(
        "requests",
        sa.Column("org_id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=False),
        sa.Column("id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=False),
        sa.Column("property_id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=True),
        sa.Column("verb", sa.Text(), nullable=False),
        sa.Column("arguments", sa.Text(), nullable=False),
        sa.Column("permissions", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=True),
        sa.Column(
            "asked_at", sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True), "postgresql"), nullable=False
        ),
        sa.Column(
            "confirm_at", sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True), "postgresql"), nullable=False
        ),
        sa.Column(
            "expires_at", sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True), "postgresql"), nullable=False
        ),
        sa.Column(
            "_hlc",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            server_default=sa.text("(sync_stamp())"),
            nullable=False,
        ),
        sa.Column("_node", sa.Integer(), server_default=sa.text("(sync_node())"), nullable=False),
        sa.Column("_fv", sa.Text(), nullable=True),
        sa.Column("_deleted", sa.Boolean(), server_default=sa.text("(FALSE)"), nullable=False),
        sa.Column("_x", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_requests")),
        info={"kind": "fact", "writer": "group", "large": False, "host": "both"},
    )
    op.create_index(
        op.f("ix_requests_org_id_property_id_expires_at"),
        "requests",
        ["org_id", "property_id", "expires_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_requests_org_id_property_id_id"), "requests", ["org_id", "property_id", "id"], unique=False
    )
    op.create_table(
        "stations",
        sa.Column("org_id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=False),
        sa.Column("id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=False),
        sa.Column("property_id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sort", sa.Integer(), nullable=False),
        sa.Column("printer", sa.Text(), nullable=True),
        sa.Column(
            "_hlc",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            server_default=sa.text("(sync_stamp())"),
            nullable=False,
        ),
        sa.Column("_node", sa.Integer(), server_default=sa.text("(sync_node())"), nullable=False),
        sa.Column("_fv", sa.Text(), nullable=True),
        sa.Column("_deleted", sa.Boolean(), server_default=sa.text("(FALSE)"), nullable=False),
        sa.Column("_x", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_stations")),
        info={"kind": "record", "writer": "both", "large": False, "host": "both"},
    )
    op.create_index(op.f("ix_stations_org_id_property_id"), "stations", ["org_id", "property_id"], unique=False)
    op.create_table(
        "tax_rates",
        sa.Column("org_id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=False),
        sa.Column("id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=False),
        sa.Column("property_id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("rate_bp", sa.Integer(), nullable=False),
        sa.Column("included", sa.Boolean(), nullable=False),
        sa.Column(
            "_hlc",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            server_default=sa.text("(sync_stamp())"),
            nullable=False,
        ),
        sa.Column("_node", sa.Integer(), server_default=sa.text("(sync_node())"), nullable=False),
        sa.Column("_fv", sa.Text(), nullable=True),
        sa.Column("_deleted", sa.Boolean(), server_default=sa.text("(FALSE)"), nullable=False),
        sa.Column("_x", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_tax_rates")),
        info={"kind": "record", "writer": "both", "large": False, "host": "both"},
    )
    op.create_index(op.f("ix_tax_rates_org_id_property_id"), "tax_rates", ["org_id", "property_id"], unique=False)
    op.create_table(
        "menu_items",
        sa.Column("org_id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=False),
        sa.Column("id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=False),
        sa.Column("property_id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("category_id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=False),
        sa.Column("price_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("station_id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=False),
        sa.Column("tax_rate_id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=True),
        sa.Column("available", sa.Boolean(), nullable=False),
        sa.Column("prep_seconds", sa.Integer(), nullable=False),
        sa.Column(
            "_hlc",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            server_default=sa.text("(sync_stamp())"),
            nullable=False,
        ),
        sa.Column("_node", sa.Integer(), server_default=sa.text("(sync_node())"), nullable=False),
        sa.Column("_fv", sa.Text(), nullable=True),
        sa.Column("_deleted", sa.Boolean(), server_default=sa.text("(FALSE)"), nullable=False),
        sa.Column("_x", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["org_id", "category_id"],
            ["menu_categories.org_id", "menu_categories.id"],
            name=op.f("fk_menu_items_category_id"),
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "station_id"], ["stations.org_id", "stations.id"], name=op.f("fk_menu_items_station_id")
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "tax_rate_id"], ["tax_rates.org_id", "tax_rates.id"], name=op.f("fk_menu_items_tax_rate_id")
        ),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_menu_items")),
        info={"kind": "record", "writer": "both", "large": False, "host": "both"},
    )
    op.create_index(
        op.f("ix_menu_items_org_id_property_id_id"), "menu_items", ["org_id", "property_id", "id"], unique=False
    )
    op.create_table(
        "modifier_options",
        sa.Column("org_id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=False),
        sa.Column("id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=False),
        sa.Column("property_id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=True),
        sa.Column("group_id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("price_delta_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sort", sa.Integer(), nullable=False),
        sa.Column(
            "_hlc",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            server_default=sa.text("(sync_stamp())"),
            nullable=False,
        ),
        sa.Column("_node", sa.Integer(), server_default=sa.text("(sync_node())"), nullable=False),
        sa.Column("_fv", sa.Text(), nullable=True),
        sa.Column("_deleted", sa.Boolean(), server_default=sa.text("(FALSE)"), nullable=False),
        sa.Column("_x", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["org_id", "group_id"],
            ["modifier_groups.org_id", "modifier_groups.id"],
            name=op.f("fk_modifier_options_group_id"),
        ),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_modifier_options")),
        info={"kind": "record", "writer": "both", "large": False, "host": "both"},
    )
    op.create_index(
        op.f("ix_modifier_options_org_id_group_id"), "modifier_options", ["org_id", "group_id"], unique=False
    )
    op.create_table(
        "order_lines",
        sa.Column("org_id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=False),
        sa.Column("id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=False),
        sa.Column("property_id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=True),
        sa.Column("order_id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=False),
        sa.Column("line_no", sa.Integer(), nullable=False),
        sa.Column("menu_item_id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("unit_price_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("amount_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tax_rate_name", sa.Text(), nullable=True),
        sa.Column("tax_rate_bp", sa.Integer(), nullable=False),
        sa.Column("tax_included", sa.Boolean(), nullable=False),
        sa.Column("choices", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("seat", sa.Integer(), nullable=True),
        sa.Column("station_id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=False),
        sa.Column("ticket_id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=False),
        sa.Column("prep_seconds", sa.Integer(), nullable=False),
        sa.Column(
            "placed_at", sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True), "postgresql"), nullable=False
        ),
        sa.Column("placed_by", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=True),
        sa.Column("business_date", sa.Text().with_variant(sa.Date(), "postgresql"), nullable=False),
        sa.Column(
            "_hlc",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            server_default=sa.text("(sync_stamp())"),
            nullable=False,
        ),
        sa.Column("_node", sa.Integer(), server_default=sa.text("(sync_node())"), nullable=False),
        sa.Column("_fv", sa.Text(), nullable=True),
        sa.Column("_deleted", sa.Boolean(), server_default=sa.text("(FALSE)"), nullable=False),
        sa.Column("_x", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["org_id", "order_id"], ["orders.org_id", "orders.id"], name=op.f("fk_order_lines_order_id")
        ),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_order_lines")),
        info={"kind": "fact", "writer": "property", "large": True, "host": "both"},
        postgresql_partition_by="HASH (org_id)",
    )
    op.create_index(op.f("ix_order_lines_org_id_order_id"), "order_lines", ["org_id", "order_id"], unique=False)
    op.create_index(
        op.f("ix_order_lines_org_id_property_id_business_date"),
        "order_lines",
        ["org_id", "property_id", "business_date"],
        unique=False,
    )
    op.create_index(op.f("ix_order_lines_org_id_ticket_id"), "order_lines", ["org_id", "ticket_id"], unique=False)
    op.create_table(
        "payments",
        sa.Column("org_id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=False),
        sa.Column("id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=False),
        sa.Column("property_id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=True),
        sa.Column("order_id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=False),
        sa.Column("tender", sa.Text(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tendered_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("change_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("taken_by", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=True),
        sa.Column("terminal_id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=True),
        sa.Column(
            "taken_at", sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True), "postgresql"), nullable=False
        ),
        sa.Column("business_date", sa.Text().with_variant(sa.Date(), "postgresql"), nullable=False),
        sa.Column(
            "_hlc",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            server_default=sa.text("(sync_stamp())"),
            nullable=False,
        ),
        sa.Column("_node", sa.Integer(), server_default=sa.text("(sync_node())"), nullable=False),
        sa.Column("_fv", sa.Text(), nullable=True),
        sa.Column("_deleted", sa.Boolean(), server_default=sa.text("(FALSE)"), nullable=False),
        sa.Column("_x", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["org_id", "order_id"], ["orders.org_id", "orders.id"], name=op.f("fk_payments_order_id")
        ),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_payments")),
        info={"kind": "fact", "writer": "property", "large": True, "host": "both"},
        postgresql_partition_by="HASH (org_id)",
    )
    op.create_index(op.f("ix_payments_org_id_order_id"), "payments", ["org_id", "order_id"], unique=False)
    op.create_index(
        op.f("ix_payments_org_id_property_id_business_date_id"),
        "payments",
        ["org_id", "property_id", "business_date", "id"],
        unique=False,
    )
    op.create_table(
        "receipts",
        sa.Column("org_id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=False),
        sa.Column("id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=False),
        sa.Column("property_id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=True),
        sa.Column("order_id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("total_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("taxes", sa.Text(), nullable=False),
        sa.Column(
            "issued_at", sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True), "postgresql"), nullable=False
        ),
        sa.Column("business_date", sa.Text().with_variant(sa.Date(), "postgresql"), nullable=False),
        sa.Column(
            "_hlc",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            server_default=sa.text("(sync_stamp())"),
            nullable=False,
        ),
        sa.Column("_node", sa.Integer(), server_default=sa.text("(sync_node())"), nullable=False),
        sa.Column("_fv", sa.Text(), nullable=True),
        sa.Column("_deleted", sa.Boolean(), server_default=sa.text("(FALSE)"), nullable=False),
        sa.Column("_x", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["org_id", "order_id"], ["orders.org_id", "orders.id"], name=op.f("fk_receipts_order_id")
        ),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_receipts")),
        info={"kind": "fact", "writer": "property", "large": True, "host": "both"},
        postgresql_partition_by="HASH (org_id)",
    )
    op.create_index(op.f("ix_receipts_org_id_order_id"), "receipts", ["org_id", "order_id"], unique=False)
    op.create_table(
        "request_answers",
        sa.Column("org_id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=False),
        sa.Column("id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=False),
        sa.Column("property_id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=True),
        sa.Column("request_id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=False),
        sa.Column("accepted", sa.Boolean(), nullable=False),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_by", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=True),
        sa.Column("terminal_id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=True),
        sa.Column(
            "answered_at", sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True), "postgresql"), nullable=False
        ),
        sa.Column("business_date", sa.Text().with_variant(sa.Date(), "postgresql"), nullable=True),
        sa.Column(
            "_hlc",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            server_default=sa.text("(sync_stamp())"),
            nullable=False,
        ),
        sa.Column("_node", sa.Integer(), server_default=sa.text("(sync_node())"), nullable=False),
        sa.Column("_fv", sa.Text(), nullable=True),
        sa.Column("_deleted", sa.Boolean(), server_default=sa.text("(FALSE)"), nullable=False),
        sa.Column("_x", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["org_id", "request_id"], ["requests.org_id", "requests.id"], name=op.f("fk_request_answers_request_id")
        ),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_request_answers")),
        info={"kind": "fact", "writer": "property", "large": False, "host": "both"},
    )
    op.create_index(
        op.f("ix_request_answers_org_id_request_id"), "request_answers", ["org_id", "request_id"], unique=False
    )
    op.create_table(
        "line_steps",
        sa.Column("org_id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=False),
        sa.Column("id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=False),
        sa.Column("property_id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=True),
        sa.Column("order_id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=False),
        sa.Column("line_id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=False),
        sa.Column("ticket_id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("step_no", sa.Integer(), nullable=False),
        sa.Column("at", sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True), "postgresql"), nullable=False),
        sa.Column("person_id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=True),
        sa.Column("terminal_id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=True),
        sa.Column("business_date", sa.Text().with_variant(sa.Date(), "postgresql"), nullable=False),
        sa.Column(
            "_hlc",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            server_default=sa.text("(sync_stamp())"),
            nullable=False,
        ),
        sa.Column("_node", sa.Integer(), server_default=sa.text("(sync_node())"), nullable=False),
        sa.Column("_fv", sa.Text(), nullable=True),
        sa.Column("_deleted", sa.Boolean(), server_default=sa.text("(FALSE)"), nullable=False),
        sa.Column("_x", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["org_id", "line_id"], ["order_lines.org_id", "order_lines.id"], name=op.f("fk_line_steps_line_id")
        ),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_line_steps")),
        info={"kind": "fact", "writer": "property", "large": True, "host": "both"},
        postgresql_partition_by="HASH (org_id)",
    )
    op.create_index(
        op.f("ix_line_steps_org_id_ticket_id_line_id_step_no_at"),
        "line_steps",
        ["org_id", "ticket_id", "line_id", "step_no", "at"],
        unique=False,
    )
    op.create_table(
        "line_voids",
        sa.Column("org_id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=False),
        sa.Column("id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=False),
        sa.Column("property_id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=True),
        sa.Column("order_id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=False),
        sa.Column("line_id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=True),
        sa.Column("approver_id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=True),
        sa.Column("terminal_id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=True),
        sa.Column("at", sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True), "postgresql"), nullable=False),
        sa.Column("business_date", sa.Text().with_variant(sa.Date(), "postgresql"), nullable=False),
        sa.Column(
            "_hlc",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            server_default=sa.text("(sync_stamp())"),
            nullable=False,
        ),
        sa.Column("_node", sa.Integer(), server_default=sa.text("(sync_node())"), nullable=False),
        sa.Column("_fv", sa.Text(), nullable=True),
        sa.Column("_deleted", sa.Boolean(), server_default=sa.text("(FALSE)"), nullable=False),
        sa.Column("_x", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["org_id", "line_id"], ["order_lines.org_id", "order_lines.id"], name=op.f("fk_line_voids_line_id")
        ),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_line_voids")),
        info={"kind": "fact", "writer": "property", "large": False, "host": "both"},
    )
    op.create_index(op.f("ix_line_voids_org_id_order_id"), "line_voids", ["org_id", "order_id"], unique=False)
    op.create_table(
        "menu_item_groups",
        sa.Column("org_id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=False),
        sa.Column("id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=False),
        sa.Column("property_id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=True),
        sa.Column("menu_item_id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=False),
        sa.Column("group_id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=False),
        sa.Column("sort", sa.Integer(), nullable=False),
        sa.Column(
            "_hlc",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            server_default=sa.text("(sync_stamp())"),
            nullable=False,
        ),
        sa.Column("_node", sa.Integer(), server_default=sa.text("(sync_node())"), nullable=False),
        sa.Column("_fv", sa.Text(), nullable=True),
        sa.Column("_deleted", sa.Boolean(), server_default=sa.text("(FALSE)"), nullable=False),
        sa.Column("_x", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["org_id", "group_id"],
            ["modifier_groups.org_id", "modifier_groups.id"],
            name=op.f("fk_menu_item_groups_group_id"),
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "menu_item_id"],
            ["menu_items.org_id", "menu_items.id"],
            name=op.f("fk_menu_item_groups_menu_item_id"),
        ),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_menu_item_groups")),
        info={"kind": "record", "writer": "both", "large": False, "host": "both"},
    )
    op.create_index(
        op.f("ix_menu_item_groups_org_id_menu_item_id"), "menu_item_groups", ["org_id", "menu_item_id"], unique=False
    )
