"""Ways in are set up by who prepares plans; one that starts its plan at once is approved by somebody else, and stays so."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from crisis.emergency.cap import access
from crisis.entrances import secrets
from crisis.entrances.models import Entrance, EntranceEditor
from crisis.plans.models import PlanVersion
from soc.journal.models import Entry
from soc.people.directory.models import Profile
from soc.people.models import Member
from soc.people.rights import Role
from tests.crisis.browser import Browser
from tests.crisis.entrances.conftest import Site
from tests.factories import MemberFactory, SiteFactory

pytestmark = pytest.mark.django_db


def member(site: Site, role: Role) -> Member:
    return MemberFactory(organisation=site.story.organisation, roles=[role])


@pytest.fixture
def ada(site: Site) -> Browser:
    return Browser(member(site, Role.ADMINISTRATOR))


def add(ada: Browser, site: Site, **more: object) -> dict[str, Any]:
    body = {"kind": "webhook", "name": "Gas alarm", "plan": str(site.plan.pk), **more}
    answer = ada.post("entrances/", **body)
    assert answer.status_code == 201, answer.content
    return dict(answer.json())


def test_a_secret_is_shown_once_and_kept_sealed(ada: Browser, site: Site) -> None:
    made = add(ada, site)
    secret = str(made["secret"])
    assert secret.startswith("vigie_hook_")
    entrance = Entrance.objects.get()
    assert secret.encode() not in bytes(entrance.sealed or b"")
    assert secrets.secret_of(entrance) == secret
    listed = ada.get("entrances/")
    assert secret not in listed.content.decode()
    assert listed.json()["webhook"].endswith("/api/webhook/")
    again = ada.post(f"entrances/{entrance.pk}/secret/", version=1).json()
    assert again["secret"] != secret
    entrance.refresh_from_db()
    assert secrets.secret_of(entrance) == again["secret"]
    for entry in Entry.objects.filter(organisation=site.story.organisation):
        assert secret not in str(entry.details)
        assert again["secret"] not in str(entry.details)


def test_a_code_has_six_digits_and_only_its_digest_is_kept(ada: Browser, site: Site) -> None:
    guards = str(Profile.objects.get(name="Guards").pk)
    made = add(ada, site, kind="call", settings={"profiles": [guards]})
    code = str(made["secret"])
    entrance = Entrance.objects.get()
    assert len(code) == 6
    assert code.isdecimal()
    assert entrance.sealed is None
    assert secrets.is_code(entrance, code)
    assert not secrets.is_code(entrance, "000000" if code != "000000" else "111111")
    assert entrance.settings["word"] == "VIGIE"


def test_who_wrote_it_cannot_approve_that_it_starts_at_once(ada: Browser, site: Site) -> None:
    made = add(ada, site, how="start")
    pk = made["entrance"]["id"]
    on = ada.patch(f"entrances/{pk}/", version=1, enabled=True)
    assert (on.status_code, on.json()["code"]) == (409, "approval_needed")
    unproved = ada.post(f"entrances/{pk}/approve/", version=1)
    assert unproved.json()["code"] == "proof_needed"
    own = ada.prove().post(f"entrances/{pk}/approve/", version=1)
    assert (own.status_code, own.json()["code"]) == (409, "own_work")
    assert "entrance_own" in site.journalled()
    bea = Browser(member(site, Role.SUPERVISOR)).prove()
    view = bea.get(f"entrances/{pk}/").json()
    assert (view["needs_approval"], view["own_work"], view["enabled"]) == (True, False, False)
    done = bea.post(f"entrances/{pk}/approve/", version=1).json()
    assert (done["enabled"], done["needs_approval"]) == (True, False)
    off = ada.patch(f"entrances/{pk}/", version=2, enabled=False).json()
    assert (off["enabled"], off["needs_approval"]) == (False, False)
    assert ada.patch(f"entrances/{pk}/", version=3, enabled=True).json()["enabled"] is True


def test_what_it_does_is_approved_anew_when_it_is_changed(ada: Browser, site: Site) -> None:
    pk = add(ada, site, how="start")["entrance"]["id"]
    bea = Browser(member(site, Role.ADMINISTRATOR)).prove()
    bea.post(f"entrances/{pk}/approve/", version=1)
    renamed = bea.patch(f"entrances/{pk}/", version=2, name="Gas alarm, hall 2").json()
    assert (renamed["enabled"], renamed["needs_approval"]) == (True, False)  # what it is called changes nothing
    other = site.story.plan(site.plan.versions.get().content.steps[0])
    changed = bea.patch(f"entrances/{pk}/", version=3, plan=str(other.pk)).json()
    assert (changed["enabled"], changed["needs_approval"], changed["own_work"]) == (False, True, True)
    assert bea.post(f"entrances/{pk}/approve/", version=4).json()["code"] == "own_work"
    assert (
        ada.prove().post(f"entrances/{pk}/approve/", version=4).json()["enabled"] is True
    )  # what she wrote was approved


def test_the_database_keeps_two_pairs_of_eyes(site: Site) -> None:
    writer, other = member(site, Role.ADMINISTRATOR), member(site, Role.SUPERVISOR)
    entrance = site.entrance("webhook", "start", enabled=False, written_by=writer)
    assert EntranceEditor.objects.get().member == writer

    def refused(**values: object) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            Entrance.objects.filter(pk=entrance.pk).update(**values)

    refused(approved_by=writer)
    refused(how="ask")  # while it is approved
    refused(edition=2, approved_by=None, approved_at=None)  # which would shed who wrote
    Entrance.objects.filter(pk=entrance.pk).update(approved_by=None, approved_at=None)
    refused(enabled=True)
    refused(kind="call")
    refused(approved_by=writer, approved_at=entrance.approved_at)
    with pytest.raises(IntegrityError), transaction.atomic():
        EntranceEditor.objects.all().delete()
    Entrance.objects.filter(pk=entrance.pk).update(approved_by=other, approved_at=entrance.approved_at, enabled=True)


def test_a_plan_that_is_not_approved_keeps_it_off(ada: Browser, site: Site) -> None:
    pk = add(ada, site)["entrance"]["id"]
    PlanVersion.objects.filter(plan=site.plan).update(state="superseded")
    answer = ada.patch(f"entrances/{pk}/", version=1, enabled=True)
    assert (answer.status_code, answer.json()["code"]) == (409, "plan_not_approved")


def test_of_two_who_change_it_the_second_is_told(ada: Browser, site: Site) -> None:
    pk = add(ada, site)["entrance"]["id"]
    assert ada.patch(f"entrances/{pk}/", version=1, name="One").status_code == 200
    late = ada.patch(f"entrances/{pk}/", version=1, name="Two")
    assert (late.status_code, late.json()["code"]) == (409, "changed_meanwhile")


@pytest.mark.parametrize(
    ("kind", "settings", "field"),
    [
        ("button", {"word": "VIGIE"}, "settings.word"),
        ("call", {"word": "STOP", "callers": "anybody"}, "settings.word"),
        ("call", {"word": "help", "callers": "anybody"}, "settings.word"),
        ("call", {"word": "VIGIE 1", "callers": "anybody"}, "settings.word"),
        ("call", {"callers": "everybody"}, "settings.callers"),
        ("call", {"callers": "profiles"}, "settings.profiles"),
        ("button", {"profiles": ["00000000-0000-0000-0000-000000000001"]}, "settings.profiles"),
        ("cap", {"senders": ["00000000-0000-0000-0000-000000000001"]}, "settings.senders"),
        ("cap", {"severities": ["Awful"]}, "settings.severities.0"),
    ],
)
def test_what_is_not_valid_says_where(
    ada: Browser, site: Site, kind: str, settings: dict[str, object], field: str
) -> None:
    answer = ada.post("entrances/", kind=kind, name="New", plan=str(site.plan.pk), settings=settings)
    assert answer.status_code == 400
    assert field in answer.json()["fields"]
    assert not Entrance.objects.exists()


def test_a_cap_sender_of_another_site_is_none(ada: Browser, site: Site) -> None:
    elsewhere = SiteFactory(organisation=site.story.organisation)
    sender = access.add_sender(ada.member, "Other", elsewhere.pk).sender
    body = {"kind": "cap", "name": "New", "plan": str(site.plan.pk), "settings": {"senders": [str(sender.pk)]}}
    assert "settings.senders" in ada.post("entrances/", **body).json()["fields"]


def test_what_is_removed_is_gone_and_its_secret_with_it(ada: Browser, site: Site) -> None:
    pk = add(ada, site, enabled=True)["entrance"]["id"]
    assert ada.client.delete(f"/api/entrances/{pk}/").status_code == 204
    assert ada.get("entrances/").json()["results"] == []
    assert Entrance.objects.get().sealed is None
    assert site.journalled() == ["entrance_added", "entrance_removed"]
    add(ada, site)  # its name is free again
