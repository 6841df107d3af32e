"""Head office's settings of the machine."""

from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class CloudSettings(BaseSettings):
    """Read from `BUFFR_CLOUD_…` and the command line."""

    model_config = SettingsConfigDict(env_prefix="BUFFR_CLOUD_", frozen=True)

    data: Path = Field(
        default=Path("buffr-cloud"), description="Folder of the embedded database and of the cloud's secret"
    )
    database_url: SecretStr | None = Field(
        default=None, description="PostgreSQL, as the application's role; embedded if unset"
    )
    migration_url: SecretStr | None = Field(
        default=None, description="PostgreSQL, as the owner of the tables; for migrations"
    )
    host: str = Field(default="127.0.0.1", description="Address to listen on")
    port: int = Field(default=8000, ge=0, le=65535, description="Port to listen on; 0 takes a free one")
    port_file: Path | None = Field(default=None, description="Where to write the port once it listens")
    public_url: str | None = Field(
        default=None, description="How people reach head office, for the links that it gives"
    )
    request_confirm_minutes: int = Field(
        default=15, ge=1, le=720, description="After how long a property asks a person before it does what was asked"
    )
    feed_days: int = Field(
        default=14, ge=1, le=3650, description="How many days of changes are kept for nodes that were away"
    )
    node_unseen_days: int = Field(
        default=30, ge=1, le=3650, description="After how many days an unheard node holds nothing back any more"
    )
    database_account: str | None = Field(
        default=None, description="Account that runs the embedded PostgreSQL when root starts it"
    )
