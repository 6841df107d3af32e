"""Head office's settings of the machine."""

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

_ADDRESS = r"^[^\s@<>]+@[^\s@<>]+$"
MailSecurity = Literal["starttls", "tls", "none"]


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
    node_requests: float = Field(default=50, gt=0, description="Sync requests a second that one node may make")
    node_kilobytes: float = Field(default=4_000, gt=0, description="Kilobytes a second that one node may send")
    group_requests: float = Field(default=1_000, gt=0, description="Sync requests a second of all of a group's nodes")
    group_kilobytes: float = Field(default=50_000, gt=0, description="Kilobytes a second of all of a group's nodes")
    alarm_silent_minutes: float = Field(
        default=2, gt=0, description="After how long a node that is not heard is an alarm"
    )
    alarm_waiting_minutes: float = Field(
        default=15, gt=0, description="How old a change may be that a node has not sent, before it is an alarm"
    )
    alarm_clock_seconds: float = Field(default=60, gt=0, description="How wrong a node's clock may be")
    tombstone_days: int = Field(
        default=90, ge=1, le=3650, description="After how many days what was deleted is taken out for good"
    )
    database_account: str | None = Field(
        default=None, description="Account that runs the embedded PostgreSQL when root starts it"
    )
    mail_host: str | None = Field(
        default=None, description="Mail server that takes receipts on; without one they go into a folder"
    )
    mail_port: int = Field(default=587, ge=1, le=65535, description="Its port")
    mail_security: MailSecurity = Field(
        default="starttls", description="How the line to it is kept secret; none only for one on this machine"
    )
    mail_user: str | None = Field(default=None, description="Who signs in there, if anybody")
    mail_password: SecretStr | None = Field(default=None, description="Their password")
    mail_sender: str = Field(
        default="receipts@localhost", pattern=_ADDRESS, description="From which address receipts are sent"
    )
    mail_reply_to: str | None = Field(
        default=None, pattern=_ADDRESS, description="Where guests' answers go, if elsewhere"
    )

    @field_validator("mail_user")
    @classmethod
    def _no_password_in_the_open(cls, user: str | None, known: ValidationInfo) -> str | None:
        if user is not None and known.data.get("mail_security") == "none":
            raise ValueError("nobody signs in over an open line; set BUFFR_CLOUD_MAIL_SECURITY to starttls or tls")
        return user

    @property
    def own_url(self) -> str:
        """How people reach head office."""
        return self.public_url or f"http://{self.host}:{self.port}"
