"""Second factors and passkeys: what is asked, what is taken once, what cannot be removed, and what needs a recent proof."""

from __future__ import annotations

import datetime as dt
import json
from base64 import b32decode

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.test import override_settings

from soc import clock
from soc.journal.actions import Action
from soc.journal.models import Entry
from soc.people import proof, throttle
from soc.people.models import CodeSecret, Member, Passkey, RecoveryCode, RoleGrant
from soc.people.rights import Right, Role
from soc.people.scope import holds, reaches
from tests.factories import PASSWORD, MemberFactory, SiteFactory
from tests.peers.mail_server import MailServer
from tests.soc.people.authenticator import Device
from tests.soc.people.conftest import Page

pytestmark = pytest.mark.django_db


@pytest.fixture
def anne() -> Member:
    return MemberFactory(name="anne", roles=[Role.AGENT], email="anne@example.org")


def code_of(secret: str) -> str:
    """What a phone with this secret shows now."""
    phone = TOTP(b32decode(secret), 6, SHA1(), 30)
    return phone.generate(int(clock.now().timestamp())).decode()


def set_up_codes(page: Page) -> tuple[str, list[str]]:
    """Set up a phone; its secret and the recovery codes. The next code is good."""
    made = page.post("me/codes/", status=201)
    assert made["picture"].lstrip().startswith("<?xml")
    paper = page.post("me/codes/confirmation/", {"code": code_of(made["secret"])})["codes"]
    clock.move(dt.timedelta(seconds=60))
    return made["secret"], paper


def test_codes_are_asked_after_the_password_and_each_is_taken_once(page: Page, anne: Member) -> None:
    page.sign_in(anne)
    secret, _paper = set_up_codes(page)
    elsewhere = Page()
    view = elsewhere.sign_in(anne)
    assert view["member"] is None
    assert view["second_steps"] == ["code"]
    assert not elsewhere.signed_in()
    elsewhere.get("sites/", 401)
    code = code_of(secret)
    assert elsewhere.post("session/code/", {"code": code})["member"]["name"] == "anne"
    watched = Page()
    watched.sign_in(anne)
    assert watched.post("session/code/", {"code": code}, 400)["code"] == "wrong_code"
    ways = [entry.details["way"] for entry in Entry.objects.filter(action=Action.SIGNED_IN).order_by("id")]
    assert ways == ["password", "code"]


def test_a_code_alone_is_no_way_in_and_the_password_is_not_remembered_for_long(page: Page, anne: Member) -> None:
    page.sign_in(anne)
    secret, _paper = set_up_codes(page)
    stranger = Page()
    stranger.post("session/code/", {"code": code_of(secret)}, 409)
    stranger.sign_in(anne)
    clock.move(dt.timedelta(minutes=5, seconds=1))
    stranger.post("session/code/", {"code": code_of(secret)}, 409)


def test_a_new_password_ends_what_was_begun_with_the_old_one(page: Page, anne: Member) -> None:
    page.sign_in(anne)
    secret, _paper = set_up_codes(page)
    stranger = Page()
    stranger.sign_in(anne)
    page.post("me/password/", {"password": PASSWORD, "new_password": "another horse battery"})
    stranger.post("session/code/", {"code": code_of(secret)}, 409)


def test_a_recovery_code_stands_in_once_and_only_digests_are_kept(page: Page, anne: Member) -> None:
    page.sign_in(anne)
    secret, paper = set_up_codes(page)
    assert len(set(paper)) == 10
    kept = str(list(RecoveryCode.objects.values())) + str(list(CodeSecret.objects.values()))
    assert not [code for code in (*paper, secret) if code in kept]
    for attempt, status in ((1, 200), (2, 400)):
        elsewhere = Page()
        elsewhere.sign_in(anne)
        elsewhere.post("session/code/", {"code": f" {paper[0].upper()} "}, status)
        assert elsewhere.signed_in() is (attempt == 1)
    assert page.get("me/ways/")["recovery_left"] == 9
    assert Entry.objects.get(action=Action.RECOVERY_CODE_USED).details == {"left": 9}
    page.post("me/proof/", {"password": PASSWORD})
    assert not set(page.post("me/recovery-codes/", status=201)["codes"]) & set(paper)
    elsewhere = Page()
    elsewhere.sign_in(anne)
    elsewhere.post("session/code/", {"code": paper[1]}, 400)


def test_guessing_codes_is_slowed_down(page: Page, anne: Member) -> None:
    page.sign_in(anne)
    secret, _paper = set_up_codes(page)
    stranger = Page()
    stranger.sign_in(anne)
    for _ in range(throttle.BY_CODE.tries):
        stranger.post("session/code/", {"code": "000000"}, 400)
    stranger.post("session/code/", {"code": code_of(secret)}, 429)


def test_codes_count_once_the_phone_has_shown_that_it_makes_them(page: Page, anne: Member) -> None:
    page.sign_in(anne)
    page.post("me/codes/", status=201)
    page.post("me/codes/confirmation/", {"code": "000000"}, 400)
    assert Page().sign_in(anne)["second_steps"] == []
    assert page.get("me/ways/")["codes_since"] is None


def test_a_passkey_is_added_used_and_removed(page: Page, anne: Member) -> None:
    page.sign_in(anne)
    device = Device()
    made = page.add_passkey(device)
    elsewhere = Page()
    assert elsewhere.use_passkey(device)["member"]["name"] == "anne"
    assert Entry.objects.filter(action=Action.SIGNED_IN).latest("id").details == {"way": "passkey"}
    page.delete(f"me/passkeys/{made['id']}/")
    Page().use_passkey(device, 400)
    actions = list(Entry.objects.filter(subject_id=str(anne.pk)).values_list("action", flat=True))
    assert Action.PASSKEY_ADDED in actions
    assert Action.PASSKEY_REMOVED in actions
    assert [change["action"] for change in page.get("me/ways/")["changes"]] == ["passkey_removed", "passkey_added"]


def test_a_challenge_is_answered_once_and_soon(page: Page, anne: Member) -> None:
    page.sign_in(anne)
    device = Device()
    page.add_passkey(device)
    stranger = Page()
    answer = device.sign(stranger.post("session/passkey/question/"))
    stranger.post("session/passkey/", {"credential": answer})
    stranger.delete("session/")
    assert stranger.post("session/passkey/", {"credential": answer}, 409)["code"] == "not_asked"
    answer = device.sign(stranger.post("session/passkey/question/"))
    Page().post("session/passkey/", {"credential": answer}, 409)  # asked of another browser
    clock.move(proof.ANSWER_WITHIN + dt.timedelta(seconds=1))
    stranger.post("session/passkey/", {"credential": answer}, 409)


def test_what_a_page_of_another_name_got_is_not_taken(page: Page, anne: Member) -> None:
    page.sign_in(anne)
    device = Device()
    page.add_passkey(device)
    device.origin = "https://vigie.example"
    assert Page().use_passkey(device, 400)["code"] == "passkey_refused"


def test_a_device_that_did_not_check_its_owner_is_not_taken(page: Page, anne: Member) -> None:
    page.sign_in(anne)
    device = Device()
    page.add_passkey(device)
    device.checks_owner = False
    Page().use_passkey(device, 400)


def test_a_passkey_whose_counter_goes_back_was_copied(page: Page, anne: Member) -> None:
    page.sign_in(anne)
    device = Device()
    page.add_passkey(device)
    Page().use_passkey(device)
    device.signatures = 0
    assert Page().use_passkey(device, 403)["code"] == "copied_passkey"
    assert Entry.objects.filter(action=Action.PASSKEY_COPIED).exists()


@pytest.mark.parametrize("answer", [{}, [], "x", {"id": "AA", "rawId": "AA", "type": "public-key", "response": {}}])
def test_what_no_browser_sends_is_refused_in_a_sentence(page: Page, anne: Member, answer: object) -> None:
    page.post("session/passkey/question/")
    refused = page.post("session/passkey/", json.dumps({"credential": answer}), 400)
    assert refused["code"] == "passkey_refused"
    page.sign_in(anne)
    page.post("me/passkeys/question/")
    assert page.post("me/passkeys/", json.dumps({"name": "x", "credential": answer}), 400)["code"] == "passkey_refused"


def test_a_member_who_is_switched_off_has_no_passkey(page: Page, anne: Member) -> None:
    page.sign_in(anne)
    device = Device()
    page.add_passkey(device)
    Member.objects.update(is_active=False)
    Page().use_passkey(device, 400)


@pytest.mark.parametrize(
    ("host", "secure", "why"),
    [("127.0.0.1:8000", False, "a number"), ("[::1]", True, "a number"), ("testserver", False, "https"),
     ("testserver", True, ""), ("localhost:8001", False, "")],
)  # fmt: skip
@override_settings(ALLOWED_HOSTS=["*"])
def test_where_browsers_offer_no_passkey_it_is_said_why(host: str, secure: bool, why: str) -> None:
    page = Page(host)
    answer = page.client.get("/api/session/", secure=secure).json()
    assert why in answer["passkeys_refused"]
    assert bool(answer["passkeys_refused"]) is bool(why)
    asked = page.client.post("/api/session/passkey/question/", secure=secure, headers={"referer": f"https://{host}/"})
    assert asked.status_code == (409 if why else 200)


def test_changing_a_way_in_asks_for_a_recent_proof(page: Page, anne: Member) -> None:
    page.sign_in(anne)
    device = Device()
    made = page.add_passkey(device)
    clock.move(proof.GOOD_FOR + dt.timedelta(seconds=1))
    for method, path in (
        ("POST", "me/passkeys/question/"), ("POST", "me/codes/"), ("DELETE", f"me/passkeys/{made['id']}/"),
    ):  # fmt: skip
        answer = page.client.generic(method, f"/api/{path}")
        assert (answer.status_code, answer.json()["code"]) == (428, "proof_needed"), path
    page.patch("me/", {"email": "mallory@example.org"}, 428)
    assert page.post("me/proof/", {"password": "wrong"}, 400)["fields"].keys() == {"password"}
    signed = device.sign(page.post("me/proof/question/"))
    page.post("me/proof/", {"credential": signed})
    page.delete(f"me/passkeys/{made['id']}/")


def test_anothers_passkey_proves_nothing(page: Page, another_page: Page, anne: Member) -> None:
    boris, device = MemberFactory(roles=[Role.AGENT]), Device()
    another_page.sign_in(boris)
    another_page.add_passkey(device)
    page.sign_in(anne)
    page.add_passkey(Device())
    clock.move(proof.GOOD_FOR + dt.timedelta(seconds=1))
    answer = device.sign(page.post("me/proof/question/"))
    page.post("me/proof/", {"credential": answer}, 400)
    page.post("me/codes/", status=428)
    theirs = Passkey.objects.get(member=boris)
    page.delete(f"me/passkeys/{theirs.pk}/", 404)


def test_the_last_way_in_stays(page: Page, anne: Member) -> None:
    page.sign_in(anne)
    first, second = page.add_passkey(Device()), page.add_passkey(Device(), "Phone")
    anne.refresh_from_db()
    Member.objects.filter(pk=anne.pk).update(password="!")
    page.client.force_login(Member.objects.get(pk=anne.pk))
    session = page.client.session
    session["proved_at"] = clock.now().isoformat()
    session.save()
    page.delete(f"me/passkeys/{first['id']}/")
    assert page.delete(f"me/passkeys/{second['id']}/", 409)["code"] == "last_way_in"
    page.post("me/password/", {"new_password": "another horse battery"})
    page.delete(f"me/passkeys/{second['id']}/")


def test_a_role_that_needs_a_second_factor_counts_once_there_is_one(
    page: Page, another_page: Page, anne: Member
) -> None:
    chief = MemberFactory(organisation=anne.organisation, roles=[Role.ADMINISTRATOR])
    office = Page()
    office.sign_in(chief)
    shut_out = office.patch("second-factor/", {"roles": ["administrator"]}, 409)
    assert shut_out["code"] == "would_shut_you_out"
    office.patch("second-factor/", {"roles": ["agent"]})
    assert [row["role"] for row in office.get("roles/") if row["second_factor"]] == ["agent"]

    view = page.sign_in(anne)
    assert view["member"]["second_factor_needed"]
    assert not holds(anne, Right.SEE_LIVE)
    assert set(reaches([anne.pk])[anne.pk]) == {Right.SIGNED_IN}
    page.get("alerts/", 403)
    device = Device()
    made = page.add_passkey(device)
    assert holds(anne, Right.SEE_LIVE)
    page.get("alerts/")
    assert another_page.sign_in(anne)["second_steps"] == ["passkey"]
    assert page.delete(f"me/passkeys/{made['id']}/", 409)["code"] == "second_factor_needed"
    set_up_codes(page)
    page.post("me/proof/", {"password": PASSWORD})
    page.delete(f"me/passkeys/{made['id']}/")
    page.delete("me/codes/", 409)
    office.patch("second-factor/", {"roles": []})
    page.delete("me/codes/")
    assert Entry.objects.filter(action=Action.SECOND_FACTOR_DEMANDED).count() == 2


def test_who_manages_one_site_demands_nothing_of_all(page: Page) -> None:
    page.sign_in(MemberFactory(site=SiteFactory(), roles=[Role.ADMINISTRATOR]))
    page.patch("second-factor/", {"roles": []}, 403)


def test_a_changed_way_in_is_told_to_the_member(page: Page, anne: Member, mail_server: MailServer) -> None:
    Member.objects.update(language="fr")
    page.sign_in(anne)
    page.add_passkey(Device())
    (sent,) = mail_server.kept
    assert sent["To"] == "anne@example.org"
    assert "Bonjour" in sent.get_content()


def test_a_program_changes_no_way_in(page: Page, anne: Member) -> None:
    page.sign_in(anne)
    token = page.post("tokens/", {"name": "x"}, 201)["text"]
    program = Page()
    for path in ("me/codes/", "me/passkeys/question/", "me/proof/question/", "me/recovery-codes/"):
        answer = program.client.post(f"/api/{path}", headers={"authorization": f"Bearer {token}"})
        assert (answer.status_code, answer.json()["code"]) == (403, "not_with_a_token"), path


def test_a_program_changes_no_account(page: Page) -> None:
    admin = MemberFactory(name="root", roles=[Role.ADMINISTRATOR])
    page.sign_in(admin)
    token = page.post("tokens/", {"name": "x"}, 201)["text"]
    program = Page()
    whole = {
        "name": "heir",
        "display_name": "Heir",
        "password": "a long enough phrase",
        "grants": [{"role": "administrator"}],
    }
    for method, path, body in (
        ("post", "members/", whole),
        ("patch", f"members/{admin.pk}/", {"password": "a long enough phrase"}),
        ("patch", f"members/{admin.pk}/", {"email": "thief@example.org"}),
    ):
        ask = getattr(program.client, method)
        answer = ask(
            f"/api/{path}", body, content_type="application/json", headers={"authorization": f"Bearer {token}"}
        )
        assert (answer.status_code, answer.json()["code"]) == (403, "not_with_a_token"), path


def test_who_manages_people_changes_the_own_ways_in_like_everybody(page: Page) -> None:
    admin = MemberFactory(name="root", roles=[Role.ADMINISTRATOR], email="root@example.org")
    page.sign_in(admin)
    path = f"members/{admin.pk}/"
    assert page.patch(path, {"password": "a long enough phrase"}, 409)["code"] == "own_password"
    clock.move(proof.GOOD_FOR + dt.timedelta(seconds=1))
    page.patch(path, {"email": "thief@example.org"}, 428)
    page.post(f"{path}reset/", {"second_factor": False}, 428)
    page.post("tokens/", {"name": "x"}, 428)
    assert page.patch(path, {"display_name": "Root", "email": "root@example.org"})["display_name"] == "Root"
    page.post("me/proof/", {"password": PASSWORD})
    assert page.patch(path, {"email": "new@example.org"})["email"] == "new@example.org"


def link_for(page: Page, member: Member, **asked: bool) -> str:
    made = page.post(f"members/{member.pk}/reset/", {"second_factor": False, **asked}, 201)
    return str(made["path"]).partition("#")[2]


def test_a_link_to_sign_in_anew_does_not_outlive_the_right_to_make_it(page: Page, anne: Member) -> None:
    site = SiteFactory(organisation=anne.organisation)
    here = MemberFactory(organisation=anne.organisation, site=site, roles=[Role.ADMINISTRATOR])
    member = MemberFactory(organisation=anne.organisation, site=site, roles=[Role.AGENT])
    page.sign_in(here)
    secret = link_for(page, member)
    stranger = Page()
    assert stranger.post("link/", {"secret": secret})
    RoleGrant.objects.create(organisation=anne.organisation, member=member, role=Role.ADMINISTRATOR)  # everywhere
    stranger.post("link/", {"secret": secret}, 404)
    stranger.post("link/use/", {"secret": secret, "password": "a long enough phrase"}, 404)

    other = MemberFactory(organisation=anne.organisation, site=site, roles=[Role.AGENT])
    secret = link_for(page, other)
    here.is_active = False
    here.save()
    stranger.post("link/use/", {"secret": secret, "password": "a long enough phrase"}, 404)


def test_a_link_that_keeps_the_codes_is_not_used_for_a_passkey(page: Page, anne: Member) -> None:
    page.sign_in(anne)
    set_up_codes(page)
    admin = Page()
    admin.sign_in(MemberFactory(organisation=anne.organisation, roles=[Role.ADMINISTRATOR]))
    secret = link_for(admin, anne)
    thief, device = Page(), Device()
    credential = device.make(thief.post("link/question/", {"secret": secret}))
    refused = thief.post("link/use/", {"secret": secret, "credential": credential}, 409)
    assert refused["code"] == "keeps_codes"
    assert not Passkey.objects.filter(member=anne).exists()
    thief.post("link/use/", {"secret": secret, "password": "a long enough phrase"})
    assert thief.sign_in(anne, "a long enough phrase")["second_steps"] == ["code"]
