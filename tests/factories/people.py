"""Organisations, their sites, who signs in there and by which ways."""

from __future__ import annotations

import datetime as dt
import uuid
from functools import cache
from typing import Any

from django.contrib.auth.hashers import make_password
from factory.declarations import LazyAttribute, LazyFunction, SelfAttribute, Sequence, SubFactory
from factory.django import DjangoModelFactory

from soc import clock
from soc.people.authentication import digest
from soc.people.models import ApiToken, Invitation, InvitedRole, Member, Organisation, Passkey, RoleGrant, Site
from soc.people.rights import Role
from tests.factories.base import typed

PASSWORD = "correct horse battery staple"


@cache
def hashed_password() -> str:
    """`PASSWORD` as it is kept, worked out once: a hash is slow on purpose."""
    return make_password(PASSWORD)


class _Organisation(DjangoModelFactory[Organisation]):
    class Meta:
        model = Organisation

    name = Sequence(lambda n: f"Organisation {n}")


class _Site(DjangoModelFactory[Site]):
    class Meta:
        model = Site

    organisation = SubFactory(_Organisation)
    name = Sequence(lambda n: f"Site {n}")


class _Member(DjangoModelFactory[Member]):
    """A member who signs in with `PASSWORD`. `MemberFactory(roles=[Role.AGENT])`; `site=` limits the roles to a site."""

    class Meta:
        model = Member
        skip_postgeneration_save = True

    organisation = SubFactory(_Organisation)
    name = Sequence(lambda n: f"member{n}")
    display_name = Sequence(lambda n: f"Member {n}")
    password = LazyFunction(hashed_password)

    @classmethod
    def _create(cls, model_class: type[Member], *args: Any, **kwargs: Any) -> Member:
        roles: list[Role] = kwargs.pop("roles", [])
        site: Site | None = kwargs.pop("site", None)
        if site is not None:
            kwargs["organisation"] = site.organisation
        member = model_class.objects.create(*args, **kwargs)
        for role in roles:
            RoleGrant.objects.create(organisation=member.organisation, member=member, role=role, site=site)
        return member


class _ApiToken(DjangoModelFactory[ApiToken]):
    """A token that works; its text is `text`: ``ApiTokenFactory(member=agent, text="…")``."""

    class Meta:
        model = ApiToken
        exclude = ("text",)

    text = Sequence(lambda n: f"vigie-test-token-{n}")
    member = SubFactory(_Member)
    organisation = SelfAttribute("member.organisation")
    name = "A program"
    expires_at = LazyFunction(lambda: clock.now() + dt.timedelta(days=30))

    digest = LazyAttribute(lambda made: digest(made.text))


class _Passkey(DjangoModelFactory[Passkey]):
    """A passkey that opens nothing: its key is noise. Real ones are made in tests/soc/people/authenticator.py."""

    class Meta:
        model = Passkey

    member = SubFactory(_Member)
    organisation = SelfAttribute("member.organisation")
    name = Sequence(lambda n: f"Passkey {n}")
    credential = LazyFunction(lambda: uuid.uuid4().bytes)
    attested = b""
    host = "localhost"


class _Invitation(DjangoModelFactory[Invitation]):
    """An invitation as agent of `site`; its secret is `secret`."""

    class Meta:
        model = Invitation
        exclude = ("secret", "site")
        skip_postgeneration_save = True

    secret = Sequence(lambda n: f"invitation-secret-{n}")
    site = SubFactory(_Site)
    at = SelfAttribute("site")
    organisation = SelfAttribute("site.organisation")
    display_name = Sequence(lambda n: f"Invited {n}")
    digest = LazyAttribute(lambda made: digest(made.secret))
    expires_at = LazyFunction(lambda: clock.now() + dt.timedelta(days=7))

    @classmethod
    def _create(cls, model_class: type[Invitation], *args: Any, **kwargs: Any) -> Invitation:
        site: Site | None = kwargs.pop("at", None)
        made = model_class.objects.create(*args, **kwargs)
        InvitedRole.objects.create(organisation=made.organisation, invitation=made, role=Role.AGENT, site=site)
        return made


OrganisationFactory = typed(_Organisation)
SiteFactory = typed(_Site)
MemberFactory = typed(_Member)
ApiTokenFactory = typed(_ApiToken)
PasskeyFactory = typed(_Passkey)
InvitationFactory = typed(_Invitation)
