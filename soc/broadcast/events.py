"""Typed events: what may be broadcast, to whom, and how it is written on the wire."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from soc.people.rights import Right


class Payload(BaseModel):
    """The body of an event. A subclass per kind; its `kind` is what the front end's union is told apart by."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    kind: str


@dataclass(frozen=True, slots=True)
class Event:
    """An event and its audience: members of the organisation who hold `right` at `site_id` (or anywhere)."""

    organisation_id: UUID
    payload: Payload
    right: Right
    site_id: UUID | None = None
    member_id: UUID | None = None
    """For this member's pages alone. Only what is announced can be: what has a number is replayed to all who hold the right."""


class SiteChanged(Payload):
    """A site was added, or its name or place changed."""

    kind: Literal["site.changed"] = "site.changed"
    site: UUID
    version: int


class PeopleChanged(Payload):
    """A member's rights, activity or way in changed: open sockets are checked at once. It never reaches a browser.

    `soc.people` announces it (with `Right.SIGNED_IN`) after each change of a grant, a member, a session or a token.
    """

    kind: Literal["people.changed"] = "people.changed"


class MemberChanged(Payload):
    """Members, their roles or invitations changed: pages that show them read them again."""

    kind: Literal["member.changed"] = "member.changed"
