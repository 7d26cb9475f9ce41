"""Organisations, sites, members and roles: who may change what, and what ends with a right."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from soc.broadcast.models import FeedEvent
from soc.journal.actions import Action
from soc.journal.models import Entry
from soc.people import services, sites
from soc.people.models import ApiToken, Member, MemberSession, RoleGrant, Site
from soc.people.rights import Right, Role
from soc.people.scope import holds
from soc.people.services import Grant
from soc.refusals import Refusal
from tests.factories import PASSWORD, ApiTokenFactory, MemberFactory, OrganisationFactory, SiteFactory

pytestmark = pytest.mark.django_db

JSON = "application/json"


def signed_in(member: Member) -> Client:
    client = Client()
    client.force_login(member)
    return client


def actions(subject: Member) -> list[str]:
    return list(Entry.objects.filter(subject_id=str(subject.pk)).values_list("action", flat=True))


def test_an_organisation_begins_with_a_site_and_an_administrator() -> None:
    organisation = services.create_organisation("Lycée Jean Moulin", language="fr")
    site = sites.create_site(organisation, "Gymnase", address="1 rue des Écoles")
    member = services.create_member(
        organisation,
        name="anne",
        display_name="Anne Martin",
        password=PASSWORD,
        grants=[Grant(Role.ADMINISTRATOR), Grant(Role.AGENT, site.pk)],
    )
    assert member.language == "fr"
    assert holds(member, Right.MANAGE_PEOPLE)
    assert actions(member) == [Action.MEMBER_ADDED, Action.ROLE_GRANTED, Action.ROLE_GRANTED]
    with pytest.raises(Refusal, match="taken"):
        services.create_organisation("Lycée Jean Moulin")


def test_a_sign_in_name_is_taken_in_any_case_and_any_organisation() -> None:
    MemberFactory(name="Anne")
    with pytest.raises(Refusal, match="taken"):
        services.create_member(OrganisationFactory(), name="aNNe", display_name="x", password=PASSWORD)


@pytest.mark.parametrize("password", ["short", "password"])
def test_a_weak_password_is_refused_with_the_reason(password: str) -> None:
    with pytest.raises(Refusal, match="weak_password") as refused:
        services.create_member(OrganisationFactory(), name="bob", display_name="Bob", password=password)
    assert refused.value.field_sentences()["password"]


def test_a_revoked_role_ends_the_sessions_and_a_granted_one_does_not() -> None:
    member = MemberFactory(roles=[Role.AGENT])
    client = signed_in(member)
    services.grant_role(member, Role.SUPERVISOR)
    assert client.get("/api/sites/").status_code == 200
    services.revoke_role(member, Role.AGENT)
    assert client.get("/api/sites/").status_code == 401
    assert not MemberSession.objects.filter(member=member).exists()
    assert actions(member)[-1] == Action.ROLE_REVOKED


def test_a_member_switched_off_loses_sessions_and_tokens() -> None:
    member = MemberFactory(roles=[Role.AGENT])
    token = ApiTokenFactory(member=member)
    client = signed_in(member)
    services.deactivate(member)
    assert client.get("/api/sites/").status_code == 401
    assert ApiToken.objects.get(pk=token.pk).revoked_at is not None


def test_an_administrator_cannot_take_the_own_role_away() -> None:
    administrator = MemberFactory(roles=[Role.ADMINISTRATOR])
    MemberFactory(organisation=administrator.organisation, roles=[Role.ADMINISTRATOR])
    with pytest.raises(Refusal, match="own_last_administrator"):
        services.revoke_role(administrator, Role.ADMINISTRATOR, actor=administrator)
    with pytest.raises(Refusal, match="own_last_administrator"):
        services.deactivate(administrator, actor=administrator)
    assert RoleGrant.objects.filter(member=administrator).exists()


def test_the_last_administrator_stays_whoever_asks() -> None:
    administrator = MemberFactory(roles=[Role.ADMINISTRATOR])
    with pytest.raises(Refusal, match="last_administrator"):
        services.deactivate(administrator)
    assert Member.objects.get(pk=administrator.pk).is_active


def test_who_manages_one_site_reaches_no_further() -> None:
    here = SiteFactory()
    elsewhere = SiteFactory(organisation=here.organisation)
    local = MemberFactory(site=here, roles=[Role.ADMINISTRATOR])
    chief = MemberFactory(organisation=here.organisation, roles=[Role.ADMINISTRATOR])
    agent = MemberFactory(site=here, roles=[Role.AGENT])

    services.change_member(agent, grants=[Grant(Role.SUPERVISOR, here.pk)], actor=local)
    for grants in ([Grant(Role.AGENT, elsewhere.pk)], [Grant(Role.ADMINISTRATOR)]):
        with pytest.raises(Refusal, match="not_your_site"):
            services.change_member(agent, grants=grants, actor=local)
        with pytest.raises(Refusal, match="not_your_site"):
            services.create_member(
                here.organisation, name="x", display_name="x", password=PASSWORD, grants=grants, actor=local
            )
    with pytest.raises(Refusal, match="not_your_site"):
        services.change_member(chief, password="another horse entirely", actor=local)
    with pytest.raises(Refusal, match="not_your_site"):
        sites.create_site(here.organisation, "Third", actor=local)


def test_a_role_at_another_organisations_site_is_refused() -> None:
    administrator = MemberFactory(roles=[Role.ADMINISTRATOR])
    theirs = SiteFactory()
    with pytest.raises(Refusal, match="unknown_site"):
        services.change_member(administrator, grants=[Grant(Role.ADMINISTRATOR), Grant(Role.AGENT, theirs.pk)])


def test_members_near_are_seen_and_members_elsewhere_are_not() -> None:
    here = SiteFactory()
    elsewhere = SiteFactory(organisation=here.organisation)
    agent, colleague = (MemberFactory(site=here, roles=[Role.AGENT]) for _ in range(2))
    chief = MemberFactory(organisation=here.organisation, roles=[Role.ADMINISTRATOR])
    MemberFactory(site=elsewhere, roles=[Role.AGENT])
    seen = {row["id"] for row in signed_in(agent).get("/api/members/").json()["results"]}
    assert seen == {str(member.pk) for member in (agent, colleague, chief)}


def test_sites_are_added_changed_and_journalled_through_the_api() -> None:
    administrator = MemberFactory(roles=[Role.ADMINISTRATOR])
    client = signed_in(administrator)
    added = client.post("/api/sites/", {"name": "Gate", "address": "1 Road"}, content_type=JSON)
    assert added.status_code == 201, added.json()
    changed = client.patch(f"/api/sites/{added.json()['id']}/", {"name": "North gate"}, content_type=JSON)
    assert changed.json()["name"] == "North gate"
    assert Site.objects.get().address == "1 Road"
    entry = Entry.objects.get(action=Action.SITE_CHANGED)
    assert entry.details["before"]["name"] == "Gate"
    assert entry.actor_id == administrator.pk


def test_members_are_added_and_changed_through_the_api() -> None:
    administrator = MemberFactory(roles=[Role.ADMINISTRATOR])
    site = SiteFactory(organisation=administrator.organisation)
    client = signed_in(administrator)
    body = {
        "name": "bob",
        "display_name": "Bob",
        "password": PASSWORD,
        "grants": [{"role": "agent", "site": str(site.pk)}],
    }
    added = client.post("/api/members/", body, content_type=JSON)
    assert added.status_code == 201, added.json()
    assert added.json()["grants"] == body["grants"]
    address = f"/api/members/{added.json()['id']}/"
    changed = client.patch(address, {"grants": [{"role": "auditor", "site": None}]}, content_type=JSON)
    assert changed.json()["grants"] == [{"role": "auditor", "site": None}]
    again = client.post("/api/members/", body, content_type=JSON)
    assert again.status_code == 409
    assert set(again.json()["fields"]) == {"name"}


def test_a_field_that_does_not_exist_is_told() -> None:
    client = signed_in(MemberFactory(roles=[Role.ADMINISTRATOR]))
    answer = client.post("/api/sites/", {"name": "Gate", "organisation": "x"}, content_type=JSON)
    assert answer.status_code == 400
    assert set(answer.json()["fields"]) == {"organisation"}


def test_a_token_acts_as_its_member_is_shown_once_and_can_be_revoked() -> None:
    client = signed_in(MemberFactory(roles=[Role.AGENT]))
    assert client.post("/api/me/proof/", {"password": PASSWORD}, content_type=JSON).status_code == 204
    made = client.post("/api/tokens/", {"name": "Lobby screen", "days": 30}, content_type=JSON).json()
    program = {"Authorization": f"Bearer {made['text']}"}
    assert Client().get("/api/sites/", headers=program).status_code == 200
    listed = client.get("/api/tokens/").json()["results"]
    assert [row["name"] for row in listed] == ["Lobby screen"]
    assert made["text"] not in str(listed)
    assert not ApiToken.objects.filter(digest=made["text"]).exists()
    assert client.delete(f"/api/tokens/{made['token']['id']}/").status_code == 204
    assert Client().get("/api/sites/", headers=program).status_code == 401


def test_a_token_makes_no_other_token() -> None:
    token = ApiTokenFactory(member=MemberFactory(roles=[Role.AGENT]), text="stolen")
    program = {"Authorization": "Bearer stolen"}
    answer = Client().post("/api/tokens/", {"name": "x"}, content_type=JSON, headers=program)
    assert answer.status_code == 403
    assert ApiToken.objects.get().pk == token.pk


def test_the_own_language_is_the_language_of_the_answers() -> None:
    member = MemberFactory(roles=[Role.AGENT])
    client = signed_in(member)
    assert client.patch("/api/me/", {"language": "fr"}, content_type=JSON).json()["member"]["language"] == "fr"
    answer = client.get("/api/cameras/not-there/", headers={"accept-language": "en"})
    assert answer["Content-Language"] == "fr"


def test_a_new_password_ends_the_other_sessions_and_keeps_this_one() -> None:
    member = MemberFactory(roles=[Role.AGENT])
    here, there = signed_in(member), signed_in(member)
    wrong = here.post("/api/me/password/", {"password": "x", "new_password": "y"}, content_type=JSON)
    assert wrong.json()["fields"].keys() == {"password"}
    body = {"password": PASSWORD, "new_password": "a different horse battery"}
    assert here.post("/api/me/password/", body, content_type=JSON).status_code == 204
    assert here.get("/api/sites/").status_code == 200
    assert there.get("/api/sites/").status_code == 401


def a_site() -> tuple[Client, Site]:
    site = SiteFactory(name="Depot")
    administrator = MemberFactory(organisation=site.organisation, roles=[Role.ADMINISTRATOR])
    return signed_in(administrator), site


def test_a_site_is_put_on_the_map_and_the_journal_says_where_it_was() -> None:
    client, site = a_site()
    answer = client.patch(f"/api/sites/{site.pk}/", {"latitude": 45.188, "longitude": 5.724}, content_type=JSON)
    assert answer.status_code == 200
    assert (answer.json()["latitude"], answer.json()["longitude"], answer.json()["version"]) == (45.188, 5.724, 2)
    entry = Entry.objects.get(action=Action.SITE_CHANGED)
    assert entry.details["before"] == {"latitude": None, "longitude": None}
    assert entry.details["after"] == {"latitude": 45.188, "longitude": 5.724}
    told = FeedEvent.objects.get(kind="site.changed")
    assert (told.payload, told.site_id) == ({"site": str(site.pk), "version": 2}, site.pk)

    answer = client.patch(f"/api/sites/{site.pk}/", {"latitude": None, "longitude": None}, content_type=JSON)
    assert answer.json()["latitude"] is None


@pytest.mark.parametrize(
    ("entered", "field"),
    [
        ({"latitude": 90.5, "longitude": 5.7}, "latitude"),
        ({"latitude": 45, "longitude": -181}, "longitude"),
        ({"latitude": "north", "longitude": 5.7}, "latitude"),
        ({"latitude": 45}, "longitude"),
        ({"longitude": 5}, "latitude"),
    ],
)
def test_a_position_that_is_no_place_is_refused_at_its_field(entered: dict[str, object], field: str) -> None:
    client, site = a_site()
    answer = client.patch(f"/api/sites/{site.pk}/", entered, content_type=JSON)
    assert answer.status_code == 400
    assert list(answer.json()["fields"]) == [field]
    site.refresh_from_db()
    assert (site.latitude, site.longitude, site.version) == (None, None, 1)
    assert client.post("/api/sites/", {"name": "New", **entered}, content_type=JSON).status_code == 400


def test_the_database_refuses_half_a_position() -> None:
    site = SiteFactory()
    with pytest.raises(IntegrityError, match="people_site_on_earth"), transaction.atomic():
        Site.objects.filter(pk=site.pk).update(latitude=45)


def test_who_changes_a_site_second_is_told() -> None:
    client, site = a_site()
    seen = client.get(f"/api/sites/{site.pk}/").json()["version"]
    assert (
        client.patch(f"/api/sites/{site.pk}/", {"name": "North", "version": seen}, content_type=JSON).status_code == 200
    )
    second = client.patch(f"/api/sites/{site.pk}/", {"address": "1 rue", "version": seen}, content_type=JSON)
    assert second.status_code == 409
    assert "colleague" in second.json()["message"]
    site.refresh_from_db()
    assert (site.name, site.address) == ("North", "")


def test_what_is_saved_unchanged_is_neither_a_version_nor_news() -> None:
    client, site = a_site()
    assert client.patch(f"/api/sites/{site.pk}/", {"name": "Depot"}, content_type=JSON).json()["version"] == 1
    assert not FeedEvent.objects.filter(kind="site.changed").exists()
