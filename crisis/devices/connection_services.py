"""What can be done with brokers: one transaction each, journalled. Credentials go in and never come out."""

from __future__ import annotations

import re
import ssl
from collections.abc import Mapping
from typing import TypedDict
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from crisis.devices import events, selectors
from crisis.devices.drivers.base import DeviceFault
from crisis.devices.models import Connection, Device
from crisis.devices.policy import Policy
from crisis.devices.secrets import Secrets, SecretsUnreadable, seal, unseal
from soc import clock, endpoints
from soc.endpoints import EndpointFault
from soc.journal.actions import Action
from soc.journal.services import Json, record
from soc.people import services as people
from soc.people.models import Member, Site
from soc.people.rights import Right
from soc.people.scope import EVERYWHERE, reach, scoped
from soc.refusals import Refusal, Status


class ConnectionEntry(TypedDict, total=False):
    """What is entered about a broker; a field that is missing stays as it is."""

    site: UUID | None
    name: str
    host: str
    port: int
    tls: bool
    authority: str
    user_name: str
    password: str


_SECRETS = ("user_name", "password")
_HOST = re.compile(r"^[A-Za-z0-9._:-]+$")
"""A name or a literal address, and nothing of what else an address may have."""


def add_connection(actor: Member, entered: ConnectionEntry) -> Connection:
    """Add a broker.

    Raises:
        Refusal: something entered cannot be used; `fields` says what.
    """
    with transaction.atomic():
        people.lock(actor.organisation_id)
        connection = Connection(organisation_id=actor.organisation_id)
        _apply(actor, connection, {"site": None, **entered})
        connection.credentials = seal(_merged(Secrets(), entered))
        connection.save(force_insert=True)
        _record(actor, connection, Action.CONNECTION_ADDED, {"after": _facts(connection)})
        events.connection_changed(connection)
    return connection


def change_connection(actor: Member, connection_id: UUID, entered: ConnectionEntry, *, version: int) -> Connection:
    """Change a broker; whoever listens to it begins anew within a second or two.

    Raises:
        Refusal: as `add_connection`; CONFLICT when a colleague changed it since `version`.
    """
    with transaction.atomic():
        people.lock(actor.organisation_id)
        connection = locked_connection(actor, connection_id, version)
        before, sealed = _facts(connection), connection.credentials
        kept_at = (connection.host, connection.port)
        _apply(actor, connection, entered)
        if any(name in entered for name in _SECRETS):
            connection.credentials = seal(_merged(opened(sealed), entered))
        # Who may change an address must not learn the password by sending it to a machine of theirs.
        if sealed is not None and kept_at != (connection.host, connection.port) and "password" not in entered:
            sentence = _("The address leads to another machine: enter the user name and password again.")
            raise Refusal("credentials_needed", sentence, fields={"password": sentence})
        after = _facts(connection)
        changed = sorted(name for name in after if after[name] != before[name])
        secret_changed = connection.credentials is not sealed
        if not changed and not secret_changed:
            return connection
        connection.version += 1
        connection.save()
        details: dict[str, Json] = {
            "before": {name: before[name] for name in changed},
            "after": {name: after[name] for name in changed},
        }
        if secret_changed:
            details["credentials"] = True
        _record(actor, connection, Action.CONNECTION_CHANGED, details)
        events.connection_changed(connection)
    return connection


def remove_connection(actor: Member, connection_id: UUID) -> None:
    """Take a broker away, once no device needs it.

    Raises:
        Refusal: devices are reached by it.
    """
    with transaction.atomic():
        connection = locked_connection(actor, connection_id)
        if Device.objects.filter(connection=connection, removed_at=None).exists():
            raise Refusal("in_use", _("Devices are reached by this broker. Remove them first."), status=Status.CONFLICT)
        connection.removed_at, connection.credentials = clock.now(), None
        connection.version += 1
        connection.save()
        _record(actor, connection, Action.CONNECTION_REMOVED, {"before": _facts(connection)})
        events.connection_changed(connection)


def locked_connection(actor: Member, connection_id: UUID, version: int | None = None) -> Connection:
    """The broker, locked.

    Raises:
        Refusal: it is not within reach, or a colleague changed it since `version`.
    """
    rows = selectors.connections(actor, Right.PREPARE).select_for_update(of=("self",))
    connection = rows.filter(pk=connection_id).first()
    if connection is None:
        raise Refusal("not_found", _("There is no such connection."), status=Status.NOT_FOUND)
    if version is not None and version != connection.version:
        raise Refusal(
            "changed_meanwhile",
            _("A colleague has changed this connection meanwhile. Reload it and enter your change again."),
            status=Status.CONFLICT,
        )
    return connection


def opened(sealed: bytes | memoryview | None) -> Secrets:
    """What was kept, to put what is entered beside it.

    Raises:
        Refusal: the operator's key has changed.
    """
    try:
        return unseal(sealed)
    except SecretsUnreadable:
        raise Refusal(
            "credentials_unreadable",
            _(
                "The kept user name and password cannot be read: VIGIE_CREDENTIAL_KEY has changed. Restore the key, or enter "
                "them again."
            ),
        ) from None


def site_of(actor: Member, site_id: UUID | None) -> Site | None:
    """The site where something is prepared; ``None``: all of them, for who prepares all.

    Raises:
        Refusal: it is not within reach.
    """
    if site_id is None:
        if reach(actor, Right.PREPARE) is EVERYWHERE:
            return None
        sentence = _("Choose a site: you prepare some sites only.")
        raise Refusal("site_needed", sentence, fields={"site": sentence})
    site = scoped(Site.objects.all(), actor, Right.PREPARE).filter(pk=site_id).first()
    if site is None:
        sentence = _("There is no such site.")
        raise Refusal("no_such_site", sentence, fields={"site": sentence})
    return site


def _apply(actor: Member, connection: Connection, entered: ConnectionEntry) -> None:
    for name, value in entered.items():
        if name == "site":
            connection.site = site_of(actor, entered["site"])
        elif name not in _SECRETS:
            setattr(connection, name, value)
    _check_address(connection)
    others = Connection.objects.filter(
        organisation=actor.organisation_id, name=connection.name, removed_at=None
    ).exclude(pk=connection.pk)
    if others.exists():
        sentence = _("There is a connection of this name already.")
        raise Refusal("name_taken", sentence, status=Status.CONFLICT, fields={"name": sentence})


def _check_address(connection: Connection) -> None:
    try:
        written = f"[{connection.host}]" if ":" in connection.host else connection.host
        if not _HOST.match(connection.host):
            written = ""
        endpoints.parse(f"mqtt://{written}:{connection.port}", {"mqtt": 1883})
        Policy.from_config().refuse_literal(connection.host, connection.port)
    except EndpointFault as wrong:
        fault = DeviceFault.of(wrong).fault
        raise Refusal(fault.value, fault.label, fields={"host": fault.label}) from None
    if connection.authority:
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=connection.authority)
        except (ssl.SSLError, ValueError):
            sentence = _("This is no certificate in PEM: it begins with -----BEGIN CERTIFICATE-----.")
            raise Refusal("no_certificate", sentence, fields={"authority": sentence}) from None


def _merged(kept: Secrets, entered: ConnectionEntry) -> Secrets:
    return Secrets(entered.get("user_name", kept.user_name), entered.get("password", kept.password))


def _facts(connection: Connection) -> dict[str, Json]:
    return {
        "site": str(connection.site_id) if connection.site_id else None,
        "name": connection.name,
        "host": connection.host,
        "port": connection.port,
        "tls": connection.tls,
        "authority": connection.authority,
    }


def _record(actor: Member, connection: Connection, action: Action, details: Mapping[str, Json]) -> None:
    record(
        connection.organisation_id,
        action,
        actor=actor,
        subject=connection,
        site_id=connection.site_id,
        details=details,
    )
