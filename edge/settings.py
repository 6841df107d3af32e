"""A node's settings of the machine; what staff change are records and sync."""

import os
from hashlib import sha256
from pathlib import Path
from typing import Literal

from pydantic import AnyHttpUrl, Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from devices.stripe_line import STRIPE, StripeAccount

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


def _keys_folder(data: Path) -> Path:
    """Keys lie outside the data folder, so that who copies the data has not copied the keys."""
    base = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    return base / "buffr" / "edge" / sha256(str(data.resolve()).encode()).hexdigest()[:16]


class EdgeSettings(BaseSettings):
    """Read from `BUFFR_EDGE_…` and the command line."""

    model_config = SettingsConfigDict(env_prefix="BUFFR_EDGE_", frozen=True)

    data: Path = Field(default=Path("buffr-edge"), description="Folder of the node's database")
    keys: Path | None = Field(default=None, description="Folder of the node's keys; outside the data folder by default")
    host: str = Field(default="127.0.0.1", description="Address to listen on; the LAN's when told so")
    port: int = Field(default=8010, ge=0, le=65535, description="Port to listen on; 0 takes a free one")
    cloud_url: str | None = Field(
        default=None, description="Head office's address, in place of the one given at enrolment"
    )
    port_file: Path | None = Field(default=None, description="Where to write the port once it listens")
    key_days: int = Field(default=90, ge=0, description="After how many days the node's key is turned; 0: never")
    check_minutes: int = Field(
        default=60, ge=0, description="How often rows are compared with head office's by checksums; 0: never"
    )
    announce: bool = Field(
        default=True, description="Whether the node tells its name on the LAN, so that terminals find it"
    )
    readers: int = Field(default=4, ge=1, le=32, description="Reading connections")

    backup: Path | None = Field(default=None, description="Folder on a second disk for copies of the database")
    backup_minutes: float = Field(default=5.0, gt=0, description="How often a copy is made")

    fiscal: Literal["none", "software"] = Field(
        default="none", description="What signs each receipt: nothing, or a key in the node's software"
    )
    stripe_key: SecretStr | None = Field(default=None, description="Secret or restricted key of the Stripe account")
    stripe_url: AnyHttpUrl = Field(default=AnyHttpUrl(STRIPE), description="Where Stripe's API is")

    @field_validator("stripe_url")
    @classmethod
    def _hides_the_key(cls, url: AnyHttpUrl) -> AnyHttpUrl:
        """Over a network the key goes encrypted or not at all."""
        if url.scheme != "https" and url.host not in LOOPBACK:
            raise ValueError("give an https address: the key would be sent in plain")
        return url

    @property
    def stripe(self) -> StripeAccount | None:
        """The account that card readers pay into; None where the node has none."""
        return StripeAccount(self.stripe_key, str(self.stripe_url)) if self.stripe_key else None

    @property
    def keys_folder(self) -> Path:
        """Where the keys are."""
        return self.keys or _keys_folder(self.data)

    @property
    def database(self) -> Path:
        """The database file."""
        return self.data / "node.db"
