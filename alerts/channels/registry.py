"""The kinds of providers, and accounts with them, opened. A new kind is a file in its channel's folder and one line here."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from pydantic import ValidationError

from alerts.channels import secrets
from alerts.channels.base import AccountSettings, Capabilities, Channel, Failure, Provider, Retry, SendFailed
from alerts.channels.email.smtp import Smtp
from alerts.channels.kinds import ProviderKind
from alerts.channels.models import ProviderAccount
from alerts.channels.push.webpush import WebPushKind
from alerts.channels.sms.kannel import KannelKind
from alerts.channels.sms.twilio import TwilioSmsKind
from alerts.channels.voice.twilio import TwilioVoiceKind
from soc.config import config
from soc.refusals import Refusal

_ALL: tuple[ProviderKind[Any], ...] = (TwilioSmsKind(), KannelKind(), TwilioVoiceKind(), Smtp(), WebPushKind())

KINDS: dict[tuple[Channel, str], ProviderKind[Any]] = {(kind.channel, kind.key): kind for kind in _ALL}

_opened: dict[UUID, tuple[int, Provider]] = {}
_lock = threading.Lock()


def kind_of(channel: str, key: str) -> ProviderKind[Any]:
    """The kind with this key.

    Raises:
        Refusal: there is none.
    """
    found = next((kind for (way, name), kind in KINDS.items() if (way.value, name) == (channel, key)), None)
    if found is None:
        sentence = _("There is no such kind of provider for this way.")
        raise Refusal("unknown_kind", sentence, fields={"kind": sentence})
    return found


def settings_of(account: ProviderAccount) -> AccountSettings:
    """An account's settings with its secrets in the clear.

    Raises:
        Refusal: the secrets cannot be read.
    """
    return account_settings(account.pk, account.organisation_id, account.settings, secrets.opened(account.sealed))


def account_settings(
    pk: UUID, organisation: UUID, settings: Mapping[str, Any], opened: Mapping[str, str]
) -> AccountSettings:
    """Settings as a provider takes them, kept or only entered."""
    return AccountSettings(
        id=pk,
        organisation=organisation,
        settings={name: str(value) for name, value in settings.items() if value is not None},
        secrets=opened,
        public_url=config().public_url.rstrip("/"),
    )


def open_account(account: ProviderAccount) -> Provider:
    """The provider that carries for `account`, the same one until the account is changed. Called by many threads.

    Raises:
        SendFailed: its secrets or settings cannot be read any more.
    """
    with _lock:
        kept = _opened.get(account.pk)
    if kept is not None and kept[0] == account.version:
        return kept[1]
    try:
        provider = kind_of(account.channel, account.kind).open(settings_of(account))
    except (Refusal, ValidationError) as failure:
        detail = failure.code if isinstance(failure, Refusal) else "settings"
        raise SendFailed(Failure.ACCOUNT, Retry.ELSEWHERE, detail) from failure
    with _lock:
        kept = _opened.get(account.pk)
        if kept is None or kept[0] < account.version:  # a thread that read the row earlier puts no older one back
            _opened[account.pk] = (account.version, provider)
        elif kept[0] == account.version:
            return kept[1]
    return provider


def rate(account: ProviderAccount) -> float | None:
    """How many segments, calls or messages a second the account takes; null: as many as come.

    Raises:
        SendFailed: as `open_account`.
    """
    if account.per_second is not None:
        return account.per_second
    capabilities: Capabilities = open_account(account).capabilities
    return capabilities.per_second
