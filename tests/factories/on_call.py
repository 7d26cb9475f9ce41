"""Who is on call: schedules, their rotations and who stands in."""

from __future__ import annotations

import datetime as dt
from typing import Any

from factory.declarations import LazyAttribute, LazyFunction, SelfAttribute, Sequence, SubFactory
from factory.django import DjangoModelFactory

from soc import clock
from soc.people.directory.models import Person
from soc.people.on_call.models import Kind, Override, Participant, Rotation, Schedule, Terms
from tests.factories.base import typed
from tests.factories.directory import PersonFactory
from tests.factories.people import OrganisationFactory


class _Schedule(DjangoModelFactory[Schedule]):
    """A schedule of all sites, on the clock of Paris, on which nobody is yet."""

    class Meta:
        model = Schedule

    organisation = SubFactory(OrganisationFactory)
    name = Sequence(lambda n: f"Schedule {n}")
    timezone = "Europe/Paris"


class _Rotation(DjangoModelFactory[Rotation]):
    """A rotation that has long begun, with weekly turns from Monday 8:00: ``RotationFactory(schedule=…, people=[ada, ben])``.

    Everything that `Terms` says can be given: ``RotationFactory(kind=Kind.DAILY, starts_on=…, level=2)``.
    """

    class Meta:
        model = Rotation

    schedule = SubFactory(_Schedule)
    organisation = SelfAttribute("schedule.organisation")
    name = Sequence(lambda n: f"Rotation {n}")

    @classmethod
    def _create(cls, model_class: type[Rotation], *args: Any, **kwargs: Any) -> Rotation:
        people: list[Person] = kwargs.pop("people", [])
        said = {
            "kind": Kind.WEEKLY,
            "starts_on": dt.date(2024, 1, 1),
            "handover": dt.time(8),
            "since": dt.datetime(2024, 1, 1, tzinfo=dt.UTC),
            "timezone": kwargs["schedule"].timezone,
        }
        said |= {name: kwargs.pop(name) for name in _SAID & kwargs.keys()}
        rotation = model_class.objects.create(*args, **kwargs)
        terms = Terms.objects.create(
            organisation=rotation.organisation, rotation=rotation, **{**said, "until": said["since"]}
        )
        for position, person in enumerate(people or [PersonFactory(organisation=rotation.organisation)]):
            Participant.objects.create(
                organisation=rotation.organisation, terms=terms, person=person, position=position
            )
        Terms.objects.filter(pk=terms.pk).update(until=said.get("until"))
        return rotation


_SAID = {field.name for field in Terms._meta.fields} - {"id", "organisation", "rotation"}


class _Override(DjangoModelFactory[Override]):
    """Somebody on call in addition, from now on for a day."""

    class Meta:
        model = Override

    schedule = SubFactory(_Schedule)
    organisation = SelfAttribute("schedule.organisation")
    person = SubFactory(PersonFactory, organisation=SelfAttribute("..organisation"))
    starts_at = LazyFunction(clock.now)
    ends_at = LazyAttribute(lambda made: made.starts_at + dt.timedelta(days=1))


ScheduleFactory = typed(_Schedule)
RotationFactory = typed(_Rotation)
OverrideFactory = typed(_Override)
