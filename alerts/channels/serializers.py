"""How ways out are written in the API, and what may be entered."""

from __future__ import annotations

from typing import Any, cast

from rest_framework import serializers

from alerts.channels import registry, secrets
from alerts.channels.base import Channel, Failure
from alerts.channels.models import ProviderAccount
from alerts.channels.services import AccountEntry
from soc.people.serializers import Strict
from soc.refusals import Refusal

_LONGEST_TEXT = 10_000


class CapabilitiesSerializer(serializers.Serializer[Any]):
    """What a kind of provider can do."""

    receipts = serializers.BooleanField(help_text="It says whether a message arrived.")
    polled = serializers.BooleanField(help_text="That can be asked for, without PUBLIC_URL too.")
    replies = serializers.BooleanField(help_text="People can answer by it.")
    per_second = serializers.FloatField(allow_null=True, help_text="Null: as many as come.")
    cost = serializers.CharField(allow_blank=True)


class ProviderKindSerializer(serializers.Serializer[Any]):
    """A kind of provider, in the reader's language."""

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """Its fields; stated here because `label` and `help` mean something else on the class."""
        return {
            "channel": serializers.ChoiceField(choices=Channel.choices),
            "kind": serializers.CharField(),
            "label": serializers.CharField(),
            "help": serializers.CharField(),
            "settings": serializers.DictField(help_text="JSON schema; secrets are `writeOnly`."),
            "capabilities": CapabilitiesSerializer(),
        }


class CallbackAddressSerializer(serializers.Serializer[Any]):
    """An address of ours that is entered at the provider."""

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """Its fields; `label` means something else on the class."""
        return {"label": serializers.CharField(), "address": serializers.CharField()}


class ProviderSerializer(serializers.ModelSerializer[ProviderAccount]):
    """An account with a provider. Its secrets are never shown; `secrets` names those that are kept."""

    settings = serializers.DictField(help_text="As the kind's schema describes them, without secrets.")
    secrets = serializers.SerializerMethodField()
    last_failure_words = serializers.CharField(source="get_last_failure_display", help_text="In the reader's language.")
    callback_addresses = serializers.SerializerMethodField()

    class Meta:
        model = ProviderAccount
        fields = (
            "id",
            "channel",
            "kind",
            "name",
            "settings",
            "secrets",
            "position",
            "enabled",
            "per_second",
            "version",
            "last_worked_at",
            "last_failed_at",
            "last_failure",
            "last_failure_words",
            "callback_addresses",
        )

    def get_secrets(self, account: ProviderAccount) -> list[str]:
        """Names of the secrets that are kept; empty where they cannot be read any more."""
        try:
            return sorted(secrets.opened(account.sealed))
        except Refusal:
            return []

    def get_callback_addresses(self, account: ProviderAccount) -> list[dict[str, str]]:
        """Where the provider must call us, to be entered there; nothing without PUBLIC_URL."""
        try:
            opened = registry.settings_of(account)
            kind = registry.kind_of(account.channel, account.kind)
        except Refusal:
            return []
        return [{"label": label, "address": address} for label, address in kind.callback_addresses(opened).items()]


class ProviderInput(Strict):
    """What is entered about a new account."""

    channel = serializers.ChoiceField(choices=Channel.choices)
    kind = serializers.CharField(max_length=32)
    name = serializers.CharField(max_length=80)
    settings = serializers.DictField(required=False, help_text="As the kind's schema describes them, secrets too.")
    enabled = serializers.BooleanField(required=False)
    per_second = serializers.FloatField(required=False, allow_null=True, min_value=0.01, max_value=10_000)


class ProviderChange(Strict):
    """What changes about an account, and the version that was seen."""

    version = serializers.IntegerField(min_value=1)
    name = serializers.CharField(max_length=80, required=False)
    settings = serializers.DictField(required=False, help_text="All of them; a secret that is left out stays as it is.")
    enabled = serializers.BooleanField(required=False)
    per_second = serializers.FloatField(required=False, allow_null=True, min_value=0.01, max_value=10_000)
    position = serializers.IntegerField(required=False, min_value=1, max_value=100, help_text="1: tried first.")


class ProviderTrial(Strict):
    """Settings to try with a message to an address of one's own."""

    channel = serializers.ChoiceField(choices=Channel.choices)
    kind = serializers.CharField(max_length=32)
    settings = serializers.DictField(required=False)
    to = serializers.CharField(max_length=254, help_text="Number or address, as the channel asks for.")
    account = serializers.UUIDField(required=False, allow_null=True, help_text="Whose kept secrets are used.")


class ProviderTried(serializers.Serializer[Any]):
    """What came of it."""

    ok = serializers.BooleanField(help_text="The provider took the message.")
    failure = serializers.ChoiceField(choices=Failure.choices, allow_null=True)
    message = serializers.CharField(allow_blank=True, help_text="Why not, in the reader's language.")
    detail = serializers.CharField(allow_blank=True, help_text="The provider's own code.")
    segments = serializers.IntegerField()


class SegmentsInput(Strict):
    """A text that is to go out by SMS."""

    text = serializers.CharField(max_length=_LONGEST_TEXT, allow_blank=True, trim_whitespace=False)


class SegmentsView(serializers.Serializer[Any]):
    """How the network counts it."""

    encoding = serializers.ChoiceField(choices=[("GSM-7", "GSM-7"), ("UCS-2", "UCS-2")])
    segments = serializers.IntegerField()
    used = serializers.IntegerField(help_text="Septets or code units.")
    room = serializers.IntegerField(help_text="How many more fit before another segment is needed.")
    forced_by = serializers.ListField(child=serializers.CharField(), help_text="The characters that are not in GSM-7.")


def entry_of(entered: dict[str, Any]) -> AccountEntry:
    """One validated form as the services take it."""
    return cast("AccountEntry", {name: entered[name] for name in AccountEntry.__annotations__ if name in entered})
