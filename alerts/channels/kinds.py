"""What a kind of provider is: its words, its settings described once, and how an account with it is opened.

From the description come the form, its help, the validation and the API. A setting that is a `SecretStr` is kept sealed and never
shown again.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Generic, TypeVar

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.functional import Promise
from pydantic import AfterValidator, BaseModel, ConfigDict, SecretStr
from pydantic_core import PydanticCustomError

from alerts.channels.base import AccountSettings, Capabilities, Channel, Provider


def gettext_noop(text: str) -> str:
    """Mark a setting's title or description for translation; it is translated when it is read."""
    return text


class ProviderSettings(BaseModel):
    """Base of the kinds' settings. Titles and descriptions are marked with `gettext_noop`."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    @classmethod
    def secret_names(cls) -> frozenset[str]:
        """The settings that are secrets."""
        return frozenset(name for name, field in cls.model_fields.items() if field.annotation is SecretStr)

    def plain(self) -> dict[str, Any]:
        """What is kept as it is."""
        return self.model_dump(mode="json", exclude=set(self.secret_names()))

    def secrets(self) -> dict[str, str]:
        """The secrets in the clear; those that are empty are left out."""
        opened = {name: getattr(self, name).get_secret_value() for name in self.secret_names()}
        return {name: value for name, value in opened.items() if value}


def _number(text: str) -> str:
    try:
        number = phonenumbers.parse(text)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_possible_number(number):
        raise PydanticCustomError("not_a_number", "no telephone number")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def email(text: str) -> str:
    """An e-mail address.

    Raises:
        PydanticCustomError: it is none.
    """
    try:
        validate_email(text)
    except ValidationError:
        raise PydanticCustomError("not_an_email", "no e-mail address") from None
    return text


E164 = Annotated[str, AfterValidator(_number)]
"""A telephone number in the international form; kept without spaces."""
Email = Annotated[str, AfterValidator(email)]

S = TypeVar("S", bound=ProviderSettings)


class ProviderKind(ABC, Generic[S]):
    """A kind of provider: subclass it in a file of its own and add it to `alerts.channels.registry`.

    Attributes:
        channel: the way it carries.
        key: stable name, kept in the database; the same company may have one key in several channels.
        label: what people call it.
        help: one or two sentences that say what is needed.
        settings_model: its settings.
        capabilities: what it can do when nothing of an account narrows it.
        aimed_at: the settings that say where the secrets are sent: who changes one of them enters the secrets anew.
        built_in: it needs no settings, so each organisation has it from the start.
        stand_in: it is used only while no other account of its channel is switched on: a simulation never takes a real message.
    """

    channel: ClassVar[Channel]
    key: ClassVar[str]
    label: ClassVar[Promise | str]
    help: ClassVar[Promise | str]
    capabilities: ClassVar[Capabilities] = Capabilities()
    aimed_at: ClassVar[frozenset[str]] = frozenset()
    built_in: ClassVar[bool] = False
    stand_in: ClassVar[bool] = False
    settings_model: type[S]

    @abstractmethod
    def provider(self, account: AccountSettings, settings: S) -> Provider:
        """Open an account. No network: the provider connects when it sends."""

    def open(self, account: AccountSettings) -> Provider:
        """Open an account with settings as the database keeps them.

        Raises:
            pydantic.ValidationError: they are not this kind's.
        """
        return self.provider(account, self.settings_model.model_validate({**account.settings, **account.secrets}))

    def callback_addresses(self, account: AccountSettings) -> Mapping[str, str]:  # noqa: ARG002  (a kind's own does)
        """Addresses that the administrator enters at the provider, by what they are for; empty where there are none."""
        return {}
