"""What an operator sets from the environment: typed, documented, safe by default.

Every field is one environment variable (its alias). `python manage.py show_config` prints them with these
descriptions. A start that would be unsafe raises `UnsafeConfiguration`, whose text says why and what to do.
"""

from __future__ import annotations

import re
import textwrap
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent
DEFAULT_SECRET = "not-a-secret"  # noqa: S105  (refused outside tests)


class UnsafeConfiguration(SystemExit):
    """The installation would start in a state that endangers those it protects, or with a value that says nothing.

    A `SystemExit`, so that whatever starts (web, worker, command) ends with the sentence and without a traceback.
    """


class Mode(StrEnum):
    """How this process was started."""

    PRODUCTION = "production"
    EMBEDDED = "embedded"
    TEST = "test"


class Config(BaseSettings):
    """The environment of one Vigie process."""

    model_config = SettingsConfigDict(populate_by_name=True, extra="ignore")

    mode: Mode = Field(
        Mode.PRODUCTION,
        alias="VIGIE_MODE",
        description="production: servers are given; embedded: `make run` supervises them; test: pytest.",
    )
    debug: bool = Field(False, alias="VIGIE_DEBUG", description="Django's DEBUG. Refused in production.")
    secret_key: SecretStr = Field(
        SecretStr(DEFAULT_SECRET), alias="VIGIE_SECRET_KEY", description="Signs sessions. 50 random characters or more."
    )
    credential_key: SecretStr = Field(
        SecretStr(DEFAULT_SECRET), alias="VIGIE_CREDENTIAL_KEY", description="Encrypts the cameras' credentials."
    )
    journal_key: SecretStr = Field(
        SecretStr(DEFAULT_SECRET),
        alias="VIGIE_JOURNAL_KEY",
        description="Seals the journal. Keep it out of the database and its backups.",
    )
    allowed_hosts: str = Field(
        "", alias="VIGIE_ALLOWED_HOSTS", description="Host names the web process answers to, with commas."
    )
    database_url: SecretStr = Field(
        SecretStr(""), alias="DATABASE_URL", description="PostgreSQL. Unset with `make run`: the embedded one."
    )
    redis_url: SecretStr = Field(
        SecretStr(""), alias="REDIS_URL", description="Redis or Valkey. Unset with `make run`: the embedded one."
    )
    organisation: str = Field(
        "",
        alias="VIGIE_ORGANISATION",
        description="`make run` begins with this organisation, empty, instead of the demo, and prints the link of its first "
        "administrator.",
    )
    simulate: bool = Field(
        False,
        alias="VIGIE_SIMULATE",
        description="SMS, calls and e-mail to people for which no provider is set up stay here, on the page of simulated "
        "phones. `make run` sets it.",
    )
    public_url: str = Field(
        "",
        alias="PUBLIC_URL",
        pattern=r"^$|^https?://[^\s/]+$",
        description="The address by which providers and people outside reach this installation, such as "
        "https://vigie.example.org: receipts and answers come there, and messages carry links. Unset: receipts are asked for.",
    )
    deadman_url: SecretStr = Field(
        SecretStr(""),
        alias="VIGIE_DEADMAN_URL",
        description="Asked for every minute as long as nothing that people are owed is late, so that a monitor outside raises "
        "the alarm when it is asked no more. https://…, or http://… in VIGIE_PROVIDER_NETWORKS. Unset: nobody outside watches.",
    )
    smtp_url: SecretStr = Field(
        SecretStr(""),
        alias="VIGIE_SMTP_URL",
        description="Server that sends e-mail to members: smtp://name:password@host:587 (STARTTLS) or smtps://host:465. "
        "Unset: links are shown to copy only.",
    )
    mail_from: str = Field("", alias="VIGIE_MAIL_FROM", description="The address that e-mail to members comes from.")
    host: str = Field("127.0.0.1", alias="HOST", description="Where the web process listens.")
    tls_certificate: Path | None = Field(
        None, alias="VIGIE_TLS_CERTIFICATE", description="The web process serves HTTPS with this certificate."
    )
    tls_key: Path | None = Field(None, alias="VIGIE_TLS_KEY", description="The certificate's key.")
    port: int = Field(8000, alias="PORT", ge=1, le=65535, description="The web process's port.")
    var: Path = Field(ROOT / "var", alias="VIGIE_VAR", description="Folder of what the installation keeps on disk.")
    footage: Path | None = Field(
        None,
        alias="VIGIE_FOOTAGE",
        description="The only folder that file cameras may read. Default: `footage` in VIGIE_VAR.",
    )
    camera_networks: str = Field(
        "10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,fc00::/7",
        alias="VIGIE_CAMERA_NETWORKS",
        description="Networks in which cameras may be, with commas. Everything else is refused, this machine included.",
    )
    provider_networks: str = Field(
        "10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,fc00::/7",
        alias="VIGIE_PROVIDER_NETWORKS",
        description="Networks besides the internet in which SMS gateways and mail servers may be, with commas.",
    )
    device_networks: str = Field(
        "10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,fc00::/7",
        alias="VIGIE_DEVICE_NETWORKS",
        description="Networks in which doors, lights, sirens and their MQTT brokers may be, with commas. Everything else is "
        "refused, this machine included.",
    )
    simulated_building: str = Field(
        "",
        alias="VIGIE_SIMULATED_BUILDING",
        description="host:port of the simulated building's MQTT broker, set by `make run`: the one place on this machine where "
        "devices may be.",
    )
    watcher_capacity: int = Field(
        8, alias="VIGIE_WATCHER_CAPACITY", ge=1, le=256, description="How many cameras one watcher takes."
    )
    engine: str = Field(
        "auto", alias="VIGIE_ENGINE", description="auto, openvino, onnx or cuda: what runs the model in a watcher."
    )
    operator: str = Field(
        "",
        alias="VIGIE_OPERATOR",
        description="Who answers for this installation, named in the accessibility statement.",
    )
    contact: str = Field(
        "",
        alias="VIGIE_CONTACT",
        pattern=r"^$|^[^\s@]+@[^\s@]+$|^https?://\S+$",
        description="E-mail address or page for people who meet a barrier; anybody can read it.",
    )
    log_level: str = Field("INFO", alias="VIGIE_LOG_LEVEL", description="DEBUG, INFO, WARNING or ERROR.")
    test_clock: bool = Field(
        False, alias="VIGIE_TEST_CLOCK", description="Lets tests move business time. Refused in production."
    )

    @field_validator("deadman_url")
    @classmethod
    def _is_an_address(cls, entered: SecretStr) -> SecretStr:
        if not re.fullmatch(r"|https?://[^\s/@]+(/\S*)?", entered.get_secret_value()):
            raise ValueError("it is no address such as https://monitor.example.org/ping/…")
        return entered

    @property
    def footage_folder(self) -> Path:
        """The operator's folder of files that may be played as cameras."""
        return self.footage or self.var / "footage"

    @property
    def models_folder(self) -> Path:
        """Where verified weights and the exported model lie."""
        return self.var / "models"

    @property
    def schema_folder(self) -> Path:
        """Where what migrations make of an empty database is kept (`soc.embedded.schema`)."""
        return self.var / "schema"

    def hosts(self) -> list[str]:
        """The allowed hosts as a list, empty when none is set."""
        return [host.strip() for host in self.allowed_hosts.split(",") if host.strip()]

    def refuse_if_unsafe(self) -> None:
        """Raise `UnsafeConfiguration` with every reason at once when a production start would be unsafe."""
        if self.mode is Mode.TEST:
            return
        reasons: list[str] = []
        for name, secret in (
            ("VIGIE_SECRET_KEY", self.secret_key),
            ("VIGIE_CREDENTIAL_KEY", self.credential_key),
            ("VIGIE_JOURNAL_KEY", self.journal_key),
        ):
            value = secret.get_secret_value()
            if value == DEFAULT_SECRET or len(value) < 32:
                reasons.append(f"{name} is unset, a default or shorter than 32 characters: set a random secret.")
        if self.test_clock:
            reasons.append("VIGIE_TEST_CLOCK lets anyone move the time: it is for tests only, unset it.")
        if self.mode is Mode.PRODUCTION:
            if self.debug:
                reasons.append("VIGIE_DEBUG shows the inside of the system to strangers: unset it.")
            hosts = self.hosts()
            if not hosts or "*" in hosts:
                reasons.append("VIGIE_ALLOWED_HOSTS must name the hosts people use, and not `*`.")
            for name, url in (("DATABASE_URL", self.database_url), ("REDIS_URL", self.redis_url)):
                if not url.get_secret_value():
                    reasons.append(f"{name} is unset: name the server, or use `make run` for the embedded one.")
        if reasons:
            raise UnsafeConfiguration("Vigie does not start, because:\n  - " + "\n  - ".join(reasons))


@lru_cache(maxsize=1)
def config() -> Config:
    """This process's configuration, read from the environment once.

    Raises:
        UnsafeConfiguration: a variable's value is none that it can have.
    """
    try:
        return Config()
    except ValidationError as failure:
        faults = (
            f"{'.'.join(map(str, error['loc']))}: {error['msg']}." for error in failure.errors(include_input=False)
        )
        raise UnsafeConfiguration("Vigie does not start, because:\n  - " + "\n  - ".join(faults)) from None


def describe() -> str:
    """Return every environment variable with its value now (secrets stay hidden) and what it does."""
    now = config()
    lines: list[str] = []
    for name, field in Config.model_fields.items():
        value = getattr(now, name)
        secret = isinstance(value, SecretStr)
        shown = ("set" if value.get_secret_value() not in {"", DEFAULT_SECRET} else "unset") if secret else value
        lines.append(f"{field.alias or name}={'' if shown is None else shown}")
        default = "" if secret or field.default in {None, ""} else f" Default: {field.default}."
        lines.append(textwrap.indent(textwrap.fill(f"{field.description}{default}", 100), "    "))
    return "\n".join(lines)
