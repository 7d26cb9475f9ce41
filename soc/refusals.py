"""Errors that a person meets: a code, and a sentence that says what happened and what to do, in the reader's language."""

from __future__ import annotations

from enum import Enum

from django.utils.functional import Promise


class Status(Enum):
    """What kind of refusal it is, for the door (HTTP status) that tells it."""

    INVALID = 400
    FORBIDDEN = 403
    NOT_FOUND = 404
    CONFLICT = 409
    PROOF_NEEDED = 428
    TOO_MANY = 429
    UNAVAILABLE = 503


class Refusal(Exception):
    """A service refuses. The text is lazily translated: it is rendered where it is read.

    Args:
        code: stable, for programs.
        message: a lazily translated sentence with named ``%(name)s`` places.
        fields: for forms, field name to sentence.
        params: what fills the sentence's places.
        retry_after_s: when trying again may succeed, where that is known.
    """

    def __init__(
        self,
        code: str,
        message: Promise | str,
        *,
        status: Status = Status.INVALID,
        fields: dict[str, Promise | str] | None = None,
        params: dict[str, object] | None = None,
        retry_after_s: int | None = None,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.status = status
        self.fields = fields or {}
        self.params = params or {}
        self.retry_after_s = retry_after_s

    def sentence(self) -> str:
        """The message in the active language."""
        text = str(self.message)
        return text % self.params if self.params else text

    def field_sentences(self) -> dict[str, str]:
        """The fields' messages in the active language."""
        return {field: str(text) % self.params if self.params else str(text) for field, text in self.fields.items()}
