"""What can be done with accounts: added, changed, put in order, tried, removed; journalled, no secret in it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypedDict
from uuid import UUID

from django.db import transaction
from django.db.models import F, Max, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from pydantic import ValidationError

from alerts.channels import forms, registry, secrets, selectors
from alerts.channels.base import Channel, Failure, Outgoing, Retry, SendFailed
from alerts.channels.kinds import ProviderSettings
from alerts.channels.models import ProviderAccount
from soc import clock
from soc.journal.actions import Action
from soc.journal.digests import Json
from soc.journal.services import record
from soc.people.directory.emergency_numbers import reaches_emergency
from soc.people.models import Member, Organisation
from soc.people.rights import Right
from soc.people.scope import EVERYWHERE, reach
from soc.refusals import Refusal, Status

MOST_ACCOUNTS: Final = 20
#: Notes of success are written this often at most, so that ten thousand messages are not ten thousand updates of one row.
_NOTE_EVERY = dt.timedelta(seconds=15)
_FORGED_EVERY = dt.timedelta(minutes=1)
#: Settings that may be a person's: they stay out of the journal.
_PERSONAL: Final = frozenset({"user_name", "bounce_address"})


class AccountEntry(TypedDict, total=False):
    """What is entered about an account; a field that is missing stays as it is. `settings` hold secrets too."""

    name: str
    settings: dict[str, Any]
    enabled: bool
    per_second: float | None
    position: int


@transaction.atomic
def add(actor: Member, channel: Channel, kind: str, entered: AccountEntry) -> ProviderAccount:
    """Add an account; it goes last in its channel, so that nothing changes until the others fail.

    Raises:
        Refusal: no such kind, settings that are none, a name that is taken, too many accounts.
    """
    _must_administer(actor)
    _lock(actor)
    selectors.accounts(actor.organisation_id, channel)  # writes down what the channel has from the start
    settings = _checked(channel, kind, entered.get("settings", {}))
    others = _others(actor.organisation_id, channel)
    if others.count() >= MOST_ACCOUNTS:
        raise Refusal("too_many_providers", _("There are many providers for this way already. Remove one first."))
    last = others.aggregate(last=Max("position"))["last"] or 0
    account = ProviderAccount(
        organisation_id=actor.organisation_id,
        channel=channel,
        kind=kind,
        name=entered["name"].strip(),
        settings=settings.plain(),
        sealed=secrets.seal(settings.secrets()),
        enabled=entered.get("enabled", True),
        per_second=entered.get("per_second"),
        position=last + 1,
    )
    _name_is_free(account)
    account.save(force_insert=True)
    _record(actor, account, Action.PROVIDER_ADDED, {"after": {"kind": account.kind, **_facts(account)}})
    return account


@transaction.atomic
def change(actor: Member, pk: UUID, entered: AccountEntry, *, version: int) -> ProviderAccount:
    """Change an account. A secret that is not entered stays; one must be entered where it would be sent somewhere else.

    Raises:
        Refusal: as `add`; CONFLICT when somebody changed the account since `version`.
    """
    _lock(actor)
    account = _locked(actor, pk)
    if account.version != version:
        raise Refusal(
            "changed_meanwhile",
            _("A colleague has changed this provider meanwhile. Look at it and enter your change again."),
            status=Status.CONFLICT,
        )
    before = _facts(account)
    renewed = False
    if "settings" in entered:
        settings = _checked(
            account.channel,
            account.kind,
            merged(account, entered["settings"]) if account.sealed else entered["settings"],
        )
        renewed = bool(settings.secret_names() & set(entered["settings"]))
        account.settings, account.sealed = settings.plain(), secrets.seal(settings.secrets())
    account.name = entered.get("name", account.name).strip()
    account.enabled = entered.get("enabled", account.enabled)
    account.per_second = entered.get("per_second", account.per_second)
    _name_is_free(account)
    if "position" in entered:
        _move(account, entered["position"])
    after = _facts(account)
    changed = sorted(name for name in after if after[name] != before.get(name))
    if not changed and not renewed:
        return account
    account.version += 1
    account.save()
    details: dict[str, Json] = {
        "before": {name: before.get(name) for name in changed},
        "after": {name: after[name] for name in changed},
        "secrets_renewed": renewed,
    }
    _record(actor, account, Action.PROVIDER_CHANGED, details)
    return account


@transaction.atomic
def remove(actor: Member, pk: UUID) -> None:
    """Remove an account; its secrets go, its row stays for what was sent by it."""
    account = _locked(actor, pk)
    account.removed_at, account.enabled, account.sealed = clock.now(), False, None
    account.version += 1
    account.save()
    _record(actor, account, Action.PROVIDER_REMOVED, {})


@dataclass(frozen=True, slots=True)
class Trial:
    """A test message that is to be sent.

    Attributes:
        to: where, as the channel asks for.
        settings: those entered; secrets that are missing are taken from `account`.
        account: a saved account, whose kept secrets are used for the same place.
    """

    channel: Channel
    kind: str
    to: str
    settings: Mapping[str, Any] = field(default_factory=dict, repr=False)
    account: UUID | None = None


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of it: taken by the provider, or why not."""

    ok: bool
    failure: Failure | None = None
    detail: str = ""
    segments: int = 1


def try_out(actor: Member, trial: Trial) -> Tried:
    """Send a test message with settings that need not be saved. Nothing is kept but the journal's entry.

    Raises:
        Refusal: the settings are none, or there is no such account.
    """
    _must_administer(actor)
    entered = dict(trial.settings)
    saved = None
    if trial.account is not None:
        saved = selectors.providers(actor).filter(pk=trial.account, channel=trial.channel, kind=trial.kind).first()
        if saved is None:
            sentence = _("There is no such provider.")
            raise Refusal("no_such_provider", sentence, fields={"account": sentence})
        entered = merged(saved, entered)
    settings = _checked(trial.channel, trial.kind, entered)
    kind = registry.kind_of(trial.channel, trial.kind)
    pk = saved.pk if saved else uuid.uuid4()
    opened = registry.account_settings(pk, actor.organisation_id, settings.plain(), settings.secrets())
    try:
        _must_not_reach_emergency(trial)
        sent = kind.open(opened).send(_test_message(actor, trial.to))
    except SendFailed as failed:
        tried = Tried(False, failed.failure, failed.detail)
    else:
        tried = Tried(True, segments=sent.segments)
    with transaction.atomic():
        details: dict[str, Json] = {"channel": trial.channel.value, "kind": trial.kind, "ok": tried.ok}
        details |= {"last_failure": tried.failure.value} if tried.failure else {}
        record(
            actor.organisation_id,
            Action.PROVIDER_TESTED,
            actor=actor,
            subject=saved,
            details=details,
            personal={"address": trial.to},
        )
    return tried


def _must_not_reach_emergency(trial: Trial) -> None:
    """Raises SendFailed: a test goes to no emergency service either."""
    if trial.channel in (Channel.SMS, Channel.VOICE) and reaches_emergency(trial.to):
        raise SendFailed(Failure.EMERGENCY, Retry.NEVER)


def note(account_id: UUID, failure: Failure | None = None) -> None:
    """Note that an account worked, or why it did not; for the page that lists them. Written seldom, never journalled."""
    now = clock.now()
    rows = ProviderAccount.objects.filter(pk=account_id)
    if failure is None:
        stale = (
            Q(last_worked_at=None)
            | Q(last_worked_at__lt=now - _NOTE_EVERY)
            | Q(last_failed_at__gte=F("last_worked_at"))
        )
        rows.filter(stale).update(last_worked_at=now)
    else:
        stale = Q(last_failed_at=None) | Q(last_failed_at__lt=now - _NOTE_EVERY) | ~Q(last_failure=failure)
        rows.filter(stale).update(last_failed_at=now, last_failure=failure)


@transaction.atomic
def note_forged(account: ProviderAccount, what: str) -> None:
    """Journal a forged callback; a flood of them is journalled once a minute."""
    now = clock.now()
    fresh = Q(last_forged_at=None) | Q(last_forged_at__lt=now - _FORGED_EVERY)
    if ProviderAccount.objects.filter(fresh, pk=account.pk).update(last_forged_at=now):
        record(account.organisation_id, Action.CALLBACK_FORGED, subject=account, details={"callback": what})


def merged(account: ProviderAccount, entered: Mapping[str, Any]) -> dict[str, Any]:
    """Settings that are entered for a saved account, with its kept secrets where none is entered.

    Raises:
        Refusal: a kept secret would be sent to another place than the one it was entered for.
    """
    kind = registry.kind_of(account.channel, account.kind)
    names = kind.settings_model.secret_names()
    kept = {name: value for name, value in secrets.opened(account.sealed).items() if not entered.get(name)}
    usual = {name: field.default for name, field in kind.settings_model.model_fields.items()}
    aims = {**usual, **entered}
    elsewhere = [name for name in kind.aimed_at if str(aims[name]) != str(account.settings.get(name, ""))]
    if kept and elsewhere:
        sentence = _("The address is another one now: enter this again.")
        raise Refusal(
            "secret_needed", sentence, fields={f"settings.{name}": sentence for name in sorted(names & set(kept))}
        )
    return {**entered, **kept}


def _checked(channel: str, kind: str, entered: Mapping[str, Any]) -> ProviderSettings:
    model: type[ProviderSettings] = registry.kind_of(channel, kind).settings_model
    try:
        return model.model_validate(entered)
    except ValidationError as error:
        raise Refusal("invalid", _("Some of what was entered is not valid."), fields=forms.sentences(error)) from None


def _must_administer(actor: Member) -> None:
    """Messages of all sites leave by the organisation's accounts."""
    if reach(actor, Right.MANAGE_CHANNELS) is not EVERYWHERE:
        sentence = _("Providers serve all sites: only administrators of the whole organisation set them up.")
        raise Refusal("of_all_sites", sentence, status=Status.FORBIDDEN)


def _lock(actor: Member) -> None:
    """Changes of an organisation's accounts follow each other: names and positions are decided on."""
    Organisation.objects.select_for_update(no_key=True).get(pk=actor.organisation_id)


def _locked(actor: Member, pk: UUID) -> ProviderAccount:
    account = selectors.providers(actor).select_for_update().filter(pk=pk).first()
    if account is None:
        raise Refusal("not_found", _("There is no such provider."), status=Status.NOT_FOUND)
    return account


def _others(organisation_id: UUID, channel: str) -> Any:
    return ProviderAccount.objects.filter(organisation_id=organisation_id, channel=channel, removed_at=None)


def _name_is_free(account: ProviderAccount) -> None:
    if _others(account.organisation_id, account.channel).filter(name=account.name).exclude(pk=account.pk).exists():
        sentence = _("There is a provider of this name already.")
        raise Refusal("name_taken", sentence, status=Status.CONFLICT, fields={"name": sentence})


def _move(account: ProviderAccount, position: int) -> None:
    """Put the account there, and number the channel's others anew around it."""
    rest = list(
        _others(account.organisation_id, account.channel).exclude(pk=account.pk).order_by("position", "created_at")
    )
    rest.insert(min(max(position, 1), len(rest) + 1) - 1, account)
    for number, other in enumerate(rest, start=1):
        if other is account:
            account.position = number
        elif other.position != number:
            ProviderAccount.objects.filter(pk=other.pk).update(position=number)


def _facts(account: ProviderAccount) -> dict[str, Json]:
    """What the journal may say: no secrets, and no numbers or addresses of people."""
    return {
        "name": account.name,
        "channel": account.channel,
        "enabled": account.enabled,
        "per_second": account.per_second,
        "position": account.position,
        **{name: value for name, value in sorted(account.settings.items()) if name not in _PERSONAL},
    }


def _record(actor: Member, account: ProviderAccount, action: Action, details: dict[str, Json]) -> None:
    record(account.organisation_id, action, actor=actor, subject=account, details=details)


def _test_message(actor: Member, to: str) -> Outgoing:
    text = gettext("TEST of Vigie: nothing is happening, and nothing is to be done. Sent by %(organisation)s.") % {
        "organisation": actor.organisation.name
    }
    return Outgoing(
        attempt=uuid.uuid4(),
        organisation=actor.organisation_id,
        reference="TEST",
        to=to,
        language=actor.language or "en",
        subject=gettext("TEST of Vigie"),
        text=text,
        spoken=text,
        exercise=True,
    )
