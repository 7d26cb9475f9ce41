"""factory_boy factories: an organisation, its people, cameras, rules and alerts, as short as a test can say them."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence as Sequenced
from functools import cache
from typing import Any, Protocol, TypeVar, cast

from django.contrib.auth.hashers import make_password
from django.db.models import Model
from factory.declarations import LazyAttribute, LazyFunction, SelfAttribute, Sequence, SubFactory
from factory.django import DjangoModelFactory

from alerts.logbook.models import Shift
from alerts.models import (
    Alert,
    AlertLog,
    AlertState,
    LogKind,
    Recording,
    RecordingKind,
    Rule,
    RuleState,
    RuleVersion,
    Severity,
)
from alerts.rule_services import draft_of, written
from detection.floor_plans.models import FloorPlan, PlacedCamera, PlanArea
from detection.models import Camera, Line, Outage, PlaceKind, SourceKind, WatchState, Zone
from detection.walls.models import Layout, Place, Wall
from soc import clock
from soc.people.authentication import digest
from soc.people.models import ApiToken, Invitation, InvitedRole, Member, Organisation, Passkey, RoleGrant, Site
from soc.people.rights import Role

M = TypeVar("M", bound=Model)
M_co = TypeVar("M_co", bound=Model, covariant=True)
PASSWORD = "correct horse battery staple"


class Factory(Protocol[M_co]):
    """What a factory class does, with the types that factory_boy does not state."""

    def __call__(self, **fields: Any) -> M_co:
        """Make a row; ``camera__site=…`` reaches into what it hangs from."""

    def build(self, **fields: Any) -> M_co:
        """Make the object without a row."""

    def create_batch(self, size: int, **fields: Any) -> Sequenced[M_co]:
        """Make several rows."""


def typed(made: type[DjangoModelFactory[M]]) -> Factory[M]:
    """The factory class itself, with the types of what it makes."""
    return cast("Factory[M]", made)


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


class _Camera(DjangoModelFactory[Camera]):
    """A file camera in a private place, with the facts that make watching it lawful."""

    class Meta:
        model = Camera

    site = SubFactory(_Site)
    organisation = SelfAttribute("site.organisation")
    name = Sequence(lambda n: f"Camera {n}")
    source = SourceKind.FILE
    address = "vtest.avi"
    place = PlaceKind.PRIVATE
    purpose = "Safety of people and goods"
    legal_basis = "Legitimate interest"
    notice_displayed = True


class _Zone(DjangoModelFactory[Zone]):
    class Meta:
        model = Zone

    camera = SubFactory(_Camera)
    organisation = SelfAttribute("camera.organisation")
    name = Sequence(lambda n: f"Zone {n}")
    polygon = LazyFunction(lambda: [[0.1, 0.1], [0.9, 0.1], [0.9, 0.9], [0.1, 0.9]])


class _Line(DjangoModelFactory[Line]):
    class Meta:
        model = Line

    camera = SubFactory(_Camera)
    organisation = SelfAttribute("camera.organisation")
    name = Sequence(lambda n: f"Line {n}")
    start = LazyFunction(lambda: [0.5, 0.0])
    end = LazyFunction(lambda: [0.5, 1.0])


class _Outage(DjangoModelFactory[Outage]):
    """A time without a picture that still lasts; give it an end with ``until=``."""

    class Meta:
        model = Outage

    camera = SubFactory(_Camera)
    organisation = SelfAttribute("camera.organisation")
    state = WatchState.DOWN
    reason = "unreachable"
    since = LazyFunction(clock.now)


class _FloorPlan(DjangoModelFactory[FloorPlan]):
    """A plan whose picture is not there; give it one with ``picture=ContentFile(…, name=…)``."""

    class Meta:
        model = FloorPlan

    site = SubFactory(_Site)
    organisation = SelfAttribute("site.organisation")
    name = Sequence(lambda n: f"Floor {n}")
    sha256 = "0" * 64
    width = 800
    height = 600


class _PlacedCamera(DjangoModelFactory[PlacedCamera]):
    class Meta:
        model = PlacedCamera

    plan = SubFactory(_FloorPlan)
    organisation = SelfAttribute("plan.organisation")
    camera = SubFactory(_Camera, site=SelfAttribute("..plan.site"))
    x = 0.25
    y = 0.5


class _PlanArea(DjangoModelFactory[PlanArea]):
    class Meta:
        model = PlanArea

    plan = SubFactory(_FloorPlan)
    organisation = SelfAttribute("plan.organisation")
    name = Sequence(lambda n: f"Area {n}")
    polygon = LazyFunction(lambda: [[0.1, 0.1], [0.4, 0.1], [0.4, 0.4]])


class _Rule(DjangoModelFactory[Rule]):
    """A rule that is on. Its kind's settings are the caller's: ``RuleFactory(kind="seen", settings={…})``."""

    class Meta:
        model = Rule

    camera = SubFactory(_Camera)
    organisation = SelfAttribute("camera.organisation")
    name = Sequence(lambda n: f"Rule {n}")
    kind = "seen"
    settings = LazyFunction(lambda: {"labels": ["person"]})
    state = RuleState.ON
    severity = Severity.HIGH
    purpose = "Safety of people and goods"
    expires_at = LazyFunction(lambda: clock.now() + dt.timedelta(days=180))


class _RuleVersion(DjangoModelFactory[RuleVersion]):
    """The rule as it is now, written down: ``RuleVersionFactory(rule=rule, member=ada)``."""

    class Meta:
        model = RuleVersion

    rule = SubFactory(_Rule)
    organisation = SelfAttribute("rule.organisation")
    version = SelfAttribute("rule.version")
    written = LazyAttribute(lambda made: written(draft_of(made.rule)))
    area_name = LazyAttribute(lambda made: made.rule.zone.name if made.rule.zone else "")
    expires_at = SelfAttribute("rule.expires_at")


class _Alert(DjangoModelFactory[Alert]):
    class Meta:
        model = Alert

    id = LazyFunction(uuid.uuid4)
    rule = SubFactory(_Rule)
    organisation = SelfAttribute("rule.organisation")
    camera = SelfAttribute("rule.camera")
    site = SelfAttribute("rule.camera.site")
    rule_name = SelfAttribute("rule.name")
    rule_version = SelfAttribute("rule.version")
    severity = SelfAttribute("rule.severity")
    situation = Sequence(lambda n: f"situation-{n}")
    why = LazyFunction(lambda: {"code": "seen", "params": {"label": "person", "count": 1}})
    state = AlertState.OPEN
    captured_at = LazyFunction(clock.now)
    raised_at = LazyFunction(clock.now)
    last_seen_at = LazyFunction(clock.now)


class _AlertLog(DjangoModelFactory[AlertLog]):
    class Meta:
        model = AlertLog

    alert = SubFactory(_Alert)
    organisation = SelfAttribute("alert.organisation")
    kind = LogKind.RAISED
    member = None
    to_member = None


class _Recording(DjangoModelFactory[Recording]):
    """A row of the register without a file; give it one with ``file=ContentFile(…, name=…)``."""

    class Meta:
        model = Recording

    alert = SubFactory(_Alert)
    organisation = SelfAttribute("alert.organisation")
    kind = RecordingKind.SNAPSHOT
    expires_at = LazyFunction(lambda: clock.now() + dt.timedelta(days=30))


class _Shift(DjangoModelFactory[Shift]):
    """A shift under way, at all sites."""

    class Meta:
        model = Shift

    member = SubFactory(_Member)
    organisation = SelfAttribute("member.organisation")


class _Wall(DjangoModelFactory[Wall]):
    """A wall: ``WallFactory(owner=agent, cameras=[…])``."""

    class Meta:
        model = Wall

    owner = SubFactory(_Member)
    organisation = SelfAttribute("owner.organisation")
    name = Sequence(lambda n: f"Wall {n}")
    layout = Layout.FOUR

    @classmethod
    def _create(cls, model_class: type[Wall], *args: Any, **kwargs: Any) -> Wall:
        cameras: list[Camera] = kwargs.pop("cameras", [])
        wall = model_class.objects.create(*args, **kwargs)
        for position, camera in enumerate(cameras):
            Place.objects.create(organisation=wall.organisation, wall=wall, camera=camera, position=position)
        return wall


OrganisationFactory = typed(_Organisation)
SiteFactory = typed(_Site)
MemberFactory = typed(_Member)
ApiTokenFactory = typed(_ApiToken)
PasskeyFactory = typed(_Passkey)
InvitationFactory = typed(_Invitation)
CameraFactory = typed(_Camera)
ZoneFactory = typed(_Zone)
LineFactory = typed(_Line)
OutageFactory = typed(_Outage)
FloorPlanFactory = typed(_FloorPlan)
PlacedCameraFactory = typed(_PlacedCamera)
PlanAreaFactory = typed(_PlanArea)
RuleFactory = typed(_Rule)
RuleVersionFactory = typed(_RuleVersion)
AlertFactory = typed(_Alert)
AlertLogFactory = typed(_AlertLog)
RecordingFactory = typed(_Recording)
ShiftFactory = typed(_Shift)
WallFactory = typed(_Wall)
