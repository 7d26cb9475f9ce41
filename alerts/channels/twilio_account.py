"""What SMS and calls by Twilio share: the account, the client, what its errors mean, and whether a call to us is Twilio's."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from typing import Annotated, Any, Final
from urllib.parse import parse_qs, urlsplit

import requests
from pydantic import AfterValidator, Field, SecretStr
from pydantic_core import PydanticCustomError
from twilio.base.exceptions import TwilioException
from twilio.http.http_client import TwilioHttpClient
from twilio.request_validator import RequestValidator, get_signature_algorithm
from twilio.rest import Client

from alerts.channels.base import AccountSettings, CallbackRequest, Failure, Forged, Retry, SendFailed
from alerts.channels.kinds import ProviderSettings, gettext_noop
from soc.config import Mode, config

TIMEOUT_S: Final = 12.0
_USUAL: Final = "https://api.twilio.com"


def _twilios(address: str) -> str:
    """An address of Twilio's, or of its stand-in in tests."""
    if not address:
        return ""
    parts = urlsplit(address)
    plain = parts.path in ("", "/") and not parts.query and not parts.fragment and "@" not in parts.netloc
    theirs = parts.scheme == "https" and (parts.hostname or "").endswith(".twilio.com")
    in_tests = config().mode is Mode.TEST and parts.scheme in ("http", "https") and bool(parts.hostname)
    if not plain or not (theirs or in_tests):
        raise PydanticCustomError("not_twilios", "no address of Twilio's")
    return address.rstrip("/")


class TwilioSettings(ProviderSettings):
    """What is entered about an account with Twilio."""

    account_sid: str = Field(
        title=gettext_noop("Account SID"),
        description=gettext_noop("AC and 32 characters, from Twilio’s console."),
        pattern=r"^AC[0-9a-fA-F]{32}$",
    )
    auth_token: SecretStr = Field(
        title=gettext_noop("Auth Token"),
        description=gettext_noop("From Twilio’s console. It also proves that calls to Vigie are Twilio’s."),
        min_length=1,
        max_length=200,
    )
    base_url: Annotated[str, AfterValidator(_twilios)] = Field(
        default="",
        title=gettext_noop("Regional address"),
        description=gettext_noop(
            "Of an account in another region, e.g. https://api.dublin.ie1.twilio.com. Empty: the usual one."
        ),
        max_length=200,
    )


AIMED_AT: Final = frozenset({"account_sid", "base_url"})

#: What an error's number says. What is not here goes by the answer's status.
_CODES: Final[Mapping[int, tuple[Failure, Retry]]] = {
    20003: (Failure.ACCOUNT, Retry.ELSEWHERE),  # not authenticated
    20005: (Failure.ACCOUNT, Retry.ELSEWHERE),  # not active
    20429: (Failure.PROVIDER_BUSY, Retry.LATER),  # too many requests
    14107: (Failure.PROVIDER_BUSY, Retry.LATER),  # the sender's rate
    30001: (Failure.PROVIDER_BUSY, Retry.LATER),  # queue overflow
    30002: (Failure.ACCOUNT, Retry.ELSEWHERE),  # suspended
    21201: (Failure.BAD_ADDRESS, Retry.NEVER),  # no number to call
    21211: (Failure.BAD_ADDRESS, Retry.NEVER),  # no valid number
    21214: (Failure.BAD_ADDRESS, Retry.NEVER),  # cannot be reached by calls
    21217: (Failure.BAD_ADDRESS, Retry.NEVER),  # does not appear to be valid
    21614: (Failure.BAD_ADDRESS, Retry.NEVER),  # no mobile number
    30005: (Failure.BAD_ADDRESS, Retry.NEVER),  # unknown handset
    30006: (Failure.BAD_ADDRESS, Retry.NEVER),  # landline, or no way there
    21610: (Failure.STOPPED, Retry.NEVER),  # the person answered STOP
    21215: (Failure.REFUSED, Retry.ELSEWHERE),  # country not permitted for calls
    21216: (Failure.REFUSED, Retry.ELSEWHERE),  # number blocked
    21408: (Failure.REFUSED, Retry.ELSEWHERE),  # country not permitted for SMS
    30004: (Failure.REFUSED, Retry.ELSEWHERE),  # blocked
    30007: (Failure.REFUSED, Retry.ELSEWHERE),  # filtered by a carrier
    21210: (Failure.ACCOUNT, Retry.ELSEWHERE),  # the sender is not verified
    21212: (Failure.ACCOUNT, Retry.ELSEWHERE),  # the sender is no number
    21603: (Failure.ACCOUNT, Retry.ELSEWHERE),  # no sender
    21606: (Failure.ACCOUNT, Retry.ELSEWHERE),  # the sender cannot send SMS
    21659: (Failure.ACCOUNT, Retry.ELSEWHERE),  # the sender is not the account's
    21660: (Failure.ACCOUNT, Retry.ELSEWHERE),  # the sender is another account's
    30003: (Failure.UNREACHABLE, Retry.LATER),  # switched off
    30008: (Failure.UNREACHABLE, Retry.LATER),  # unknown
}


class _Http:
    """Twilio's HTTP client, which keeps to a time limit, goes to the account's region, and remembers when to come back."""

    def __init__(self, base_url: str) -> None:
        self._inner = TwilioHttpClient(timeout=TIMEOUT_S)
        self._base_url = base_url or _USUAL
        self._here = threading.local()

    @property
    def retry_after_s(self) -> float | None:
        """What the last answer to this thread asked for."""
        found: float | None = getattr(self._here, "retry_after_s", None)
        return found

    def request(self, method: str, url: str, *arguments: Any, **named: Any) -> Any:
        """As `TwilioHttpClient.request`."""
        self._here.retry_after_s = None
        named["timeout"] = TIMEOUT_S
        answer = self._inner.request(method, url.replace(_USUAL, self._base_url, 1), *arguments, **named)
        self._here.retry_after_s = seconds(answer.headers.get("Retry-After", ""))
        return answer


def seconds(text: str) -> float | None:
    """A Retry-After in seconds, an hour at most; a date, which is rare, is left to the sender's own patience."""
    return min(float(text), 3600.0) if text.isdigit() else None


class TwilioAccount:
    """An account with Twilio, opened. Used by many threads."""

    def __init__(self, account: AccountSettings, settings: TwilioSettings) -> None:
        token = settings.auth_token.get_secret_value()
        self._http = _Http(settings.base_url)
        self._validator = RequestValidator(token)
        self._sid = settings.account_sid
        self.account = account
        self.client: Any = Client(settings.account_sid, token, http_client=self._http)

    def failed(self, failure: Exception) -> SendFailed:
        """What a failed request to send means.

        Args:
            failure: a `TwilioException`, or one of `requests`.
        """
        if isinstance(failure, requests.exceptions.ConnectTimeout | requests.exceptions.SSLError):
            return SendFailed(Failure.PROVIDER_DOWN, Retry.LATER, type(failure).__name__)
        if isinstance(failure, requests.exceptions.ConnectionError):
            # Refused: it did not go out. Cut while the answer was awaited: nobody knows.
            refused = "NewConnectionError" in repr(failure) or "NameResolutionError" in repr(failure)
            return SendFailed(Failure.PROVIDER_DOWN, Retry.LATER if refused else Retry.UNKNOWN, type(failure).__name__)
        status, code = getattr(failure, "status", None), getattr(failure, "code", None)
        if status is None:  # a time limit, or an answer that is none of Twilio's
            return SendFailed(Failure.PROVIDER_DOWN, Retry.UNKNOWN, type(failure).__name__)
        known = _CODES.get(int(code or 0))
        detail = f"twilio {code or status}"
        if known is not None:
            return SendFailed(*known, detail, retry_after_s=self._http.retry_after_s)
        if status == 429:
            return SendFailed(Failure.PROVIDER_BUSY, Retry.LATER, detail, retry_after_s=self._http.retry_after_s)
        if status >= 500:
            return SendFailed(Failure.PROVIDER_DOWN, Retry.UNKNOWN, detail, retry_after_s=self._http.retry_after_s)
        failed = Failure.ACCOUNT if status in (401, 403) else Failure.REFUSED
        return SendFailed(failed, Retry.ELSEWHERE, detail)

    def verified(self, request: CallbackRequest) -> Mapping[str, str]:
        """The fields of a call that is Twilio's: of a form, or of JSON.

        Raises:
            Forged: it is not signed with the account's token, or names another account.
        """
        headers = {name.lower(): value for name, value in request.headers.items()}
        signature = headers.get("x-twilio-signature", "")
        fields, signed = self._fields(request, headers.get("content-type", ""))
        algorithm = get_signature_algorithm(headers.get("x-twilio-webhooks-signature-settings", ""))
        if not signature or not self._validator.validate(request.url, signed, signature, algorithm):
            raise Forged("signature")
        if fields.get("AccountSid", self._sid) != self._sid:
            raise Forged("another account")
        return fields

    @staticmethod
    def _fields(request: CallbackRequest, content_type: str) -> tuple[Mapping[str, str], Mapping[str, str] | str]:
        """The fields, and what of the body is signed: a form's fields, or JSON's digest in the address."""
        if request.method == "GET":
            return request.query, {}
        if not content_type.startswith("application/json"):
            return request.form, request.form
        if "bodySHA256" not in parse_qs(urlsplit(request.url).query):
            raise Forged("no digest of the body")
        try:
            body = request.body.decode()
            found = json.loads(body)
        except (ValueError, RecursionError) as failure:
            raise Forged("no JSON") from failure
        if not isinstance(found, dict):
            raise Forged("no JSON object")
        return {str(name): str(value) for name, value in found.items()}, body


def failure_of(code: object) -> tuple[Failure, str]:
    """What an error's number in a receipt says."""
    number = int(str(code)) if str(code).isdigit() else 0
    known = _CODES.get(number)
    return (known[0] if known else Failure.UNREACHABLE), (f"twilio {number}" if number else "")


ERRORS = (TwilioException, requests.exceptions.RequestException)
"""What a request to Twilio raises."""
