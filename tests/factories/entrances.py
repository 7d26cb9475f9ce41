"""Ways in to a response plan."""

from __future__ import annotations

from typing import Any

from factory.declarations import SelfAttribute, Sequence, SubFactory
from factory.django import DjangoModelFactory

from crisis.entrances import secrets as entrance_secrets
from crisis.entrances.models import Entrance, EntranceHow, EntranceKind
from soc import clock
from soc.people.rights import Role
from tests.factories.base import typed
from tests.factories.people import MemberFactory
from tests.factories.plans import ApprovedPlanFactory


class _Entrance(DjangoModelFactory[Entrance]):
    """A way in that is on: ``EntranceFactory(plan=plan, kind="webhook", how="start")``; its secret or code is in `secret`."""

    class Meta:
        model = Entrance

    plan = SubFactory(ApprovedPlanFactory)
    organisation = SelfAttribute("plan.organisation")
    site = SelfAttribute("plan.site")
    kind = EntranceKind.BUTTON
    name = Sequence(lambda n: f"Way in {n}")
    enabled = True

    @classmethod
    def _create(cls, model_class: type[Entrance], *_args: Any, **kwargs: Any) -> Entrance:
        plan = kwargs["plan"]
        if "written_by" not in kwargs:
            kwargs["written_by"] = MemberFactory(organisation=plan.organisation, roles=[Role.ADMINISTRATOR])
        enabled = kwargs.pop("enabled")
        made = model_class(**kwargs)
        vars(made)["secret"] = entrance_secrets.renew(made)  # shown once elsewhere: tests must know it
        made.secret_at = clock.now()
        made.save(force_insert=True)
        if made.how == EntranceHow.START:
            made.approved_by = MemberFactory(organisation=plan.organisation, roles=[Role.SUPERVISOR])
            made.approved_at = clock.now()
        made.enabled = enabled
        made.save()
        return made


EntranceFactory = typed(_Entrance)
