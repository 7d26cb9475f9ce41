"""Asking a camera's watcher when a rule would have raised."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from alerts.models import RuleTrial
from alerts.rule_services import RuleDraft, checked
from alerts.trials import ASKED_FOR
from detection.models import Camera
from soc import clock
from soc.people.models import Member
from soc.refusals import Refusal, Status


@transaction.atomic
def ask(camera: Camera, draft: RuleDraft, *, actor: Member) -> RuleTrial:
    """Ask; the watcher answers within a second or two if the camera is watched. One trial of a camera at a time; a
    member's next question takes the place of her last.

    Raises:
        Refusal: what was entered is not valid, or a colleague's trial is under way.
    """
    draft = checked(camera, draft)
    Camera.objects.select_for_update(no_key=True).get(pk=camera.pk)
    now = clock.now()
    RuleTrial.objects.filter(camera=camera, answered_at=None, asked_by=actor).delete()
    if RuleTrial.objects.filter(camera=camera, answered_at=None, asked_at__gt=now - ASKED_FOR).exists():
        raise Refusal(
            "trial_under_way",
            _("A trial on this camera is under way. Try again in a few seconds."),
            status=Status.CONFLICT,
        )
    return RuleTrial.objects.create(
        organisation_id=camera.organisation_id,
        camera=camera,
        kind=draft.kind,
        settings=dict(draft.settings),
        zone_id=draft.zone,
        line_id=draft.line,
        schedule=[dict(hours) for hours in draft.schedule],
        quiet_s=draft.quiet_s,
        asked_at=now,
        asked_by=actor,
    )
