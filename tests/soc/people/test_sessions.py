"""Sessions: seen by their member, ended one by one or all, by the member or an administrator; links to sign in anew."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from soc import clock
from soc.journal.actions import Action
from soc.journal.models import Entry
from soc.people import sessions
from soc.people.models import Member, MemberSession, Passkey
from soc.people.rights import Right, Role
from tests.factories import PASSWORD, MemberFactory, SiteFactory
from tests.soc.people.authenticator import Device
from tests.soc.people.conftest import Page
from tests.soc.people.test_ways_in import set_up_codes

pytestmark = pytest.mark.django_db

NEW = "another horse battery"


@pytest.fixture
def anne() -> Member:
    return MemberFactory(name="anne", roles=[Role.AGENT])


@pytest.fixture
def chief(anne: Member) -> Member:
    return MemberFactory(name="chief", organisation=anne.organisation, roles=[Role.ADMINISTRATOR])


def test_own_sessions_are_listed_with_browser_and_coarse_network_and_without_their_keys(
    page: Page, another_page: Page, anne: Member
) -> None:
    another_page.sign_in(anne)
    clock.move(dt.timedelta(minutes=5))
    page.sign_in(anne)
    here, there = page.get("me/sessions/")["results"]
    assert (here["here"], there["here"]) == (True, False)
    assert "Firefox" in there["user_agent"]
    assert there["network"] == "127.0.0.0/24"
    assert there["begun_at"] < here["begun_at"]
    keys = MemberSession.objects.values_list("session_key", flat=True)
    assert not [key for key in keys if key in str((here, there))]


def test_a_session_stays_the_same_in_the_list_and_says_when_it_was_seen(page: Page, anne: Member) -> None:
    page.sign_in(anne)
    first = page.get("me/sessions/")["results"][0]
    clock.move(dt.timedelta(minutes=3))
    page.post("me/proof/", {"password": PASSWORD})  # writes the session
    later = page.get("me/sessions/")["results"][0]
    assert (later["number"], later["begun_at"]) == (first["number"], first["begun_at"])
    assert later["seen_at"] > first["seen_at"]
    anne.refresh_from_db()
    assert anne.last_seen_on == clock.now().date()


def test_a_session_that_was_just_seen_is_not_written_again(page: Page, anne: Member) -> None:
    page.sign_in(anne)

    def written() -> int:
        with CaptureQueriesContext(connection) as asked:
            page.get("session/")
        return sum(one["sql"].startswith("UPDATE") for one in asked)

    clock.move(dt.timedelta(minutes=3))
    assert [written() > 0, written()] == [True, 0]


def test_one_session_is_ended_and_then_all_others(page: Page, anne: Member) -> None:
    page.sign_in(anne)
    lost, second, third = Page(), Page(), Page()
    for other in (lost, second, third):
        other.sign_in(anne)
    number = lost.client.session["device"]["number"]
    page.delete(f"me/sessions/{number}/")
    assert [one.signed_in() for one in (page, lost, second)] == [True, False, True]
    page.delete("me/sessions/")
    assert [one.signed_in() for one in (page, second, third)] == [True, False, False]
    page.delete(f"me/sessions/{number}/", 404)
    assert [entry.details["sessions"] for entry in Entry.objects.filter(action=Action.SESSION_ENDED)] == [1, 2]


def test_anothers_session_is_not_found(page: Page, another_page: Page, anne: Member, chief: Member) -> None:
    page.sign_in(anne)
    another_page.sign_in(chief)
    page.delete(f"me/sessions/{another_page.client.session['device']['number']}/", 404)
    assert another_page.signed_in()


def test_an_administrator_ends_a_members_sessions(page: Page, another_page: Page, anne: Member, chief: Member) -> None:
    another_page.sign_in(anne)
    page.sign_in(chief)
    assert len(page.get(f"members/{anne.pk}/sessions/")["results"]) == 1
    page.delete(f"members/{anne.pk}/sessions/")
    assert not another_page.signed_in()
    assert Entry.objects.get(action=Action.SESSION_ENDED).actor_id == chief.pk


def test_who_administers_one_site_reaches_no_member_of_all_sites(page: Page, anne: Member, chief: Member) -> None:
    site = SiteFactory(organisation=anne.organisation)
    page.sign_in(MemberFactory(site=site, roles=[Role.ADMINISTRATOR]))
    page.delete(f"members/{chief.pk}/sessions/", 403)
    page.post(f"members/{chief.pk}/reset/", {}, 403)


@pytest.mark.parametrize(
    ("address", "network"), [("203.0.113.77", "203.0.113.0/24"), ("2001:db8:1:2::5", "2001:db8:1::/48"), ("", "")]
)
def test_an_address_is_kept_coarsely(address: str, network: str) -> None:
    assert sessions.coarse(address) == network


def test_a_link_gives_a_new_password_once_and_ends_all_sessions(
    page: Page, another_page: Page, anne: Member, chief: Member
) -> None:
    another_page.sign_in(anne)
    page.sign_in(chief)
    replaced = page.post(f"members/{anne.pk}/reset/", {}, 201)["path"].partition("#")[2]
    secret = page.post(f"members/{anne.pk}/reset/", {}, 201)["path"].partition("#")[2]
    Page().post("link/", {"secret": replaced}, 404)
    guest = Page()
    assert guest.post("link/", {"secret": secret})["kind"] == "reset"
    view = guest.post("link/use/", {"secret": secret, "password": NEW})
    assert view["member"] is None, "the link alone signs nobody in: a second factor may still be asked"
    assert not another_page.signed_in()
    guest.post("link/use/", {"secret": secret, "password": NEW}, 404)
    assert guest.sign_in(anne, NEW)["member"]["name"] == "anne"


@pytest.mark.parametrize("second_factor", [True, False])
def test_a_link_forgets_the_second_factor_where_that_was_asked(
    page: Page, another_page: Page, anne: Member, chief: Member, second_factor: bool
) -> None:
    another_page.sign_in(anne)
    another_page.add_passkey(Device())
    set_up_codes(another_page)
    page.sign_in(chief)
    path = page.post(f"members/{anne.pk}/reset/", {"second_factor": second_factor}, 201)["path"]
    guest = Page()
    guest.post("link/use/", {"secret": path.partition("#")[2], "password": NEW})
    assert bool(guest.sign_in(anne, NEW)["second_steps"]) is not second_factor
    assert Passkey.objects.filter(member=anne).exists() is not second_factor


def test_a_link_runs_out_after_a_day_and_dies_with_its_member(page: Page, anne: Member, chief: Member) -> None:
    page.sign_in(chief)
    secret = page.post(f"members/{anne.pk}/reset/", {}, 201)["path"].partition("#")[2]
    page.patch(f"members/{anne.pk}/", {"is_active": False})
    Page().post("link/", {"secret": secret}, 404)
    assert page.post(f"members/{anne.pk}/reset/", {}, 409)["code"] == "switched_off"
    page.patch(f"members/{anne.pk}/", {"is_active": True})
    clock.move(dt.timedelta(days=1, seconds=1))
    Page().post("link/", {"secret": secret}, 404)


def test_preferences_are_kept_with_the_member_and_not_journalled(page: Page, anne: Member) -> None:
    page.sign_in(anne)
    before = Entry.objects.count()
    view = page.patch(
        "me/", {"theme": "system", "contrast": "more", "density": "compact", "sounds": True, "volume": 80}
    )
    chosen = {name: view["member"][name] for name in ("theme", "contrast", "density", "sounds", "volume")}
    assert chosen == {"theme": "system", "contrast": "more", "density": "compact", "sounds": True, "volume": 80}
    assert Page().sign_in(anne)["member"]["contrast"] == "more"
    assert Entry.objects.exclude(action=Action.SIGNED_IN).count() == before - 1
    page.patch("me/", {"volume": 101}, 400)
    page.patch("me/", {"theme": "pink"}, 400)


def test_every_right_is_said_in_words_and_every_role_says_what_it_may(page: Page, chief: Member) -> None:
    assert [right for right in Right if not str(right.words)] == []
    page.sign_in(chief)
    roles = {row["role"]: row["may"] for row in page.get("roles/")}
    assert "invite people and change what they may do" in roles["administrator"]
    assert "invite people and change what they may do" not in roles["supervisor"]
    assert roles["responder"] == ["receive messages and answer them"]
