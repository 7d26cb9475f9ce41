"""Invitations: by whom, to what, for how long, once; and what a wrong link is told."""

from __future__ import annotations

import datetime as dt
import socket
from typing import Any

import pytest
from django.test import override_settings

from soc import clock
from soc.journal.actions import Action
from soc.journal.models import Entry
from soc.people import services
from soc.people.models import Invitation, Member, Organisation
from soc.people.rights import Right, Role
from soc.people.scope import holds
from tests.factories import MemberFactory, OrganisationFactory, SiteFactory
from tests.peers.mail_server import MailServer
from tests.soc.people.authenticator import Device
from tests.soc.people.conftest import Page

pytestmark = pytest.mark.django_db

CHOSEN = {"name": "nadia", "display_name": "Nadia Benali", "language": "fr", "password": "a long horse battery"}


@pytest.fixture
def chief() -> Member:
    return MemberFactory(roles=[Role.ADMINISTRATOR], organisation=OrganisationFactory(name="Lycée Jean Moulin"))


def invite(page: Page, **changed: Any) -> str:
    """Invite somebody, and return the secret of the link."""
    body = {"display_name": "Nadia", "grants": [{"role": "agent", "site": None}], **changed}
    path: str = page.post("invitations/", body, 201)["link"]["path"]
    assert path.startswith("/invitation#")
    return path.partition("#")[2]


def test_who_is_invited_chooses_a_name_and_a_password_and_is_signed_in(
    page: Page, another_page: Page, chief: Member
) -> None:
    page.sign_in(chief)
    secret = invite(page, language="fr", email="nadia@example.org")
    assert secret not in str(list(Invitation.objects.values()))
    looked = another_page.post("link/", {"secret": secret})
    assert (looked["kind"], looked["organisation"], looked["display_name"]) == (
        "invitation", "Lycée Jean Moulin", "Nadia",
    )  # fmt: skip
    view = another_page.post("link/use/", {"secret": secret, **CHOSEN})
    assert view["member"]["display_name"] == "Nadia Benali"
    assert view["member"]["language"] == "fr"
    made = Member.objects.get(name="nadia")
    assert (made.organisation_id, made.email) == (chief.organisation_id, "nadia@example.org")
    assert holds(made, Right.HANDLE_ALERTS)
    assert not holds(made, Right.MANAGE_PEOPLE)
    assert another_page.signed_in()
    actions = set(Entry.objects.values_list("action", flat=True))
    assert {Action.INVITATION_MADE, Action.INVITATION_ACCEPTED, Action.MEMBER_ADDED} <= actions


def test_who_is_invited_may_choose_a_passkey_instead_of_a_password(page: Page, chief: Member) -> None:
    page.sign_in(chief)
    secret, device, phone = invite(page), Device(), Page()
    asked = phone.post("link/question/", {"secret": secret, "name": "nadia", "display_name": "Nadia"})
    chosen = {"secret": secret, "name": "nadia", "display_name": "Nadia", "credential": device.make(asked)}
    phone.post("link/use/", chosen)
    made = Member.objects.get(name="nadia")
    assert not made.has_usable_password()
    assert device.owner == made.pk.bytes
    elsewhere = Page()
    elsewhere.use_passkey(device)
    assert elsewhere.signed_in()


def test_an_invitation_works_once(page: Page, chief: Member) -> None:
    page.sign_in(chief)
    secret = invite(page)
    Page().post("link/use/", {"secret": secret, **CHOSEN})
    again = Page().post("link/use/", {"secret": secret, **CHOSEN, "name": "other"}, 404)
    assert "does not work" in again["message"]
    assert not Member.objects.filter(name="other").exists()


def test_a_weak_password_or_a_taken_name_leaves_the_invitation_as_it_is(page: Page, chief: Member) -> None:
    page.sign_in(chief)
    secret = invite(page)
    guest = Page()
    assert set(guest.post("link/use/", {"secret": secret, **CHOSEN, "password": "short"}, 400)["fields"]) == {
        "password"
    }
    assert set(guest.post("link/use/", {"secret": secret, **CHOSEN, "name": chief.name}, 409)["fields"]) == {"name"}
    assert set(guest.post("link/use/", {"secret": secret, **CHOSEN, "name": " "}, 400)["fields"]) == {"name"}
    guest.post("link/use/", {"secret": secret, **CHOSEN})


def test_it_runs_out_after_a_week_and_can_be_taken_back(page: Page, chief: Member) -> None:
    page.sign_in(chief)
    first, second = invite(page), invite(page, display_name="Boris")
    boris = next(row for row in page.get("invitations/")["results"] if row["display_name"] == "Boris")
    page.delete(f"invitations/{boris['id']}/")
    wrong = [Page().post("link/", {"secret": secret}, 404) for secret in (second, "nobody's")]
    clock.move(dt.timedelta(days=7, seconds=1))
    wrong.append(Page().post("link/", {"secret": first}, 404))
    assert wrong == [wrong[0]] * 3, "used, revoked, too old and never there are told alike"
    assert "Lycée" not in str(wrong)


def test_an_accepted_invitation_is_not_taken_back(page: Page, chief: Member) -> None:
    page.sign_in(chief)
    Page().post("link/use/", {"secret": invite(page), **CHOSEN})
    row = page.get("invitations/")["results"][0]
    assert row["accepted_at"]
    assert page.delete(f"invitations/{row['id']}/", 409)["code"] == "accepted"


def test_guessing_links_is_slowed_down(page: Page) -> None:
    answers = {
        page.client.post("/api/link/", {"secret": f"guess {n}"}, "application/json").status_code for n in range(30)
    }
    assert answers == {404}
    page.post("link/use/", {"secret": "guess", **CHOSEN}, 429)


def test_who_administers_one_site_invites_to_it_alone(page: Page, chief: Member) -> None:
    here, elsewhere = (SiteFactory(organisation=chief.organisation) for _ in range(2))
    local = MemberFactory(site=here, roles=[Role.ADMINISTRATOR])
    page.sign_in(local)
    invite(page, grants=[{"role": "agent", "site": str(here.pk)}])
    for site in (None, str(elsewhere.pk)):
        refused = page.post("invitations/", {"display_name": "x", "grants": [{"role": "agent", "site": site}]}, 403)
        assert refused["code"] == "not_your_site"
    office = Page()
    office.sign_in(chief)
    invite(office, display_name="Everywhere")
    assert [row["display_name"] for row in page.get("invitations/")["results"]] == ["Nadia"]
    assert len(office.get("invitations/")["results"]) == 2


def test_an_invitation_to_another_organisations_site_or_to_nothing_is_refused(page: Page, chief: Member) -> None:
    page.sign_in(chief)
    theirs = SiteFactory()
    body = {"display_name": "x", "grants": [{"role": "agent", "site": str(theirs.pk)}]}
    assert page.post("invitations/", body, 400)["code"] == "unknown_site"
    assert page.post("invitations/", {"display_name": "x", "grants": []}, 400)["code"] == "no_role"


def test_a_right_that_was_taken_away_leaves_no_invitations_behind(page: Page, chief: Member) -> None:
    second = MemberFactory(organisation=chief.organisation, roles=[Role.ADMINISTRATOR])
    page.sign_in(second)
    secret = invite(page)
    services.deactivate(second, actor=chief)
    Page().post("link/use/", {"secret": secret, **CHOSEN}, 404)


def test_a_form_of_another_site_uses_no_link(chief: Member) -> None:
    guest = Page()
    guest.client.handler.enforce_csrf_checks = True
    guest.post("link/use/", {"secret": "x", **CHOSEN}, 403)


def test_the_link_is_sent_in_the_language_of_who_is_invited_where_mail_is_set_up(
    page: Page, chief: Member, mail_server: MailServer
) -> None:
    page.sign_in(chief)
    body = {"display_name": "Nadia", "language": "fr", "email": "n@example.org", "grants": [{"role": "agent"}]}
    made = page.post("invitations/", body, 201)["link"]
    assert made["mailed"]
    (sent,) = mail_server.kept
    assert sent["To"] == "n@example.org"
    assert "Lycée Jean Moulin" in sent["Subject"]
    assert "Bonjour Nadia" in sent.get_content()
    assert f"http://localhost{made['path']}" in sent.get_content()


def test_a_mail_server_that_is_away_is_told_and_the_link_is_shown_all_the_same(
    page: Page, chief: Member, mail_server: MailServer
) -> None:
    page.sign_in(chief)
    body = {"display_name": "N", "email": "n@example.org", "grants": [{"role": "agent"}]}
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    with override_settings(EMAIL_PORT=port):
        link = page.post("invitations/", body, 201)["link"]
    assert link["mailed"] is False
    assert link["path"].startswith("/invitation")
    assert mail_server.kept == []


@override_settings(EMAIL_HOST="")
def test_without_a_mail_server_nothing_is_sent(page: Page, chief: Member, mail_server: MailServer) -> None:
    page.sign_in(chief)
    body = {"display_name": "N", "email": "n@example.org", "grants": [{"role": "agent"}]}
    assert page.post("invitations/", body, 201)["link"]["mailed"] is False
    assert mail_server.kept == []
    assert Organisation.objects.count() == 1
