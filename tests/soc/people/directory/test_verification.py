"""A way is verified by who reads the code there, and by nobody who guesses."""

from __future__ import annotations

import datetime as dt
import json
import re

import pytest

from alerts.deliveries import codes
from alerts.deliveries.models import Delivery
from soc import clock
from soc.journal.actions import Action
from soc.journal.models import Entry, Personal
from soc.people.directory import verification
from soc.people.directory.models import ContactWay, WayCode
from soc.people.models import Site
from soc.people.rights import Role
from soc.refusals import Refusal
from tests.factories import MemberFactory, PersonFactory, SiteFactory
from tests.soc.people.directory.conftest import Api, Letterbox

pytestmark = pytest.mark.django_db


@pytest.fixture
def way(site: Site) -> ContactWay:
    return PersonFactory(site=site, phone="+33639980001", language="so").ways.get()


def later(**how: float) -> None:
    clock.move(dt.timedelta(**how))


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def refused(admin: Api, way: ContactWay, code: str) -> str:
    with pytest.raises(Refusal) as told:
        verification.confirm(admin.member, way, code)
    return told.value.code


def test_the_code_that_was_sent_verifies_the_way(admin: Api, way: ContactWay, letterbox: Letterbox) -> None:
    assert admin.post(f"people/{way.person_id}/ways/{way.pk}/code/", status=204) is None
    assert [(to, language) for to, _code, language in letterbox.sent] == [("+33639980001", "so")]
    assert len(letterbox.code) == 6
    assert letterbox.code not in json.dumps(list(WayCode.objects.values()), default=str)
    code = f" {letterbox.code[:3]} {letterbox.code[3:]} "
    told = admin.post(f"people/{way.person_id}/ways/{way.pk}/confirmation/", {"code": code})
    assert told["verified_at"] is not None
    assert not WayCode.objects.exists()
    actions = list(Entry.objects.order_by("id").values_list("action", flat=True))
    assert actions == [Action.WAY_CODE_SENT, Action.WAY_VERIFIED]
    assert letterbox.code not in " ".join(Personal.objects.values_list("text", flat=True))
    assert admin.post(f"people/{way.person_id}/ways/{way.pk}/code/", status=409)["code"] == "verified_already"


def test_nothing_is_sent_where_nothing_is_set_up(admin: Api, way: ContactWay) -> None:
    verification.unregister_code_sender(codes.send)
    try:
        assert admin.post(f"people/{way.person_id}/ways/{way.pk}/code/", status=503)["code"] == "no_code_sender"
    finally:
        verification.register_code_sender(codes.send)
    assert not WayCode.objects.exists()
    assert not Entry.objects.exists()


def test_the_code_leaves_by_the_outbox_to_the_way_itself(admin: Api, way: ContactWay) -> None:
    admin.post(f"people/{way.person_id}/ways/{way.pk}/code/", status=204)
    owed = Delivery.objects.get()
    assert (owed.address, owed.person_id) == (way.address, way.person_id)
    (code,) = re.findall(r"\d{6}", owed.message.texts[way.person.language]["short"])
    admin.post(f"people/{way.person_id}/ways/{way.pk}/confirmation/", {"code": code})
    way.refresh_from_db()
    assert way.verified_at is not None


def test_a_sender_that_refuses_leaves_nothing_behind(admin: Api, way: ContactWay) -> None:
    def none_today(_way: ContactWay, _code: str, _language: str) -> None:
        raise Refusal("no_provider", "No provider.")

    verification.register_code_sender(none_today)
    try:
        admin.post(f"people/{way.person_id}/ways/{way.pk}/code/", status=400)
    finally:
        verification.unregister_code_sender(none_today)
    assert not WayCode.objects.exists()


def test_a_wrong_code_counts_though_it_is_refused_and_five_are_too_many(
    admin: Api, way: ContactWay, letterbox: Letterbox
) -> None:
    verification.ask_verification(admin.member, way)
    for tries in range(1, verification.MOST_TRIES + 1):
        assert refused(admin, way, wrong(letterbox.code)) == "wrong_code"
        assert WayCode.objects.get().tries == tries
    assert refused(admin, way, letterbox.code) == "code_over"
    way.refresh_from_db()
    assert way.verified_at is None
    assert Entry.objects.filter(action=Action.WAY_CODE_REFUSED).count() == verification.MOST_TRIES


def test_a_code_is_good_for_ten_minutes(admin: Api, way: ContactWay, letterbox: Letterbox) -> None:
    verification.ask_verification(admin.member, way)
    later(minutes=10, seconds=1)
    assert refused(admin, way, letterbox.code) == "code_over"
    verification.ask_verification(admin.member, way)
    later(minutes=9, seconds=59)
    assert verification.confirm(admin.member, way, letterbox.code).verified_at is not None


def test_a_code_that_was_sent_before_is_good_no_more(admin: Api, way: ContactWay, letterbox: Letterbox) -> None:
    verification.ask_verification(admin.member, way)
    first = letterbox.code
    later(minutes=2)
    verification.ask_verification(admin.member, way)
    if first != letterbox.code:
        assert refused(admin, way, first) == "wrong_code"
    verification.confirm(admin.member, way, letterbox.code)


def test_one_code_a_minute_is_sent_to_a_number_also_when_it_is_entered_anew(
    admin: Api, way: ContactWay, letterbox: Letterbox
) -> None:
    verification.ask_verification(admin.member, way)
    told = admin.post(f"people/{way.person_id}/ways/{way.pk}/code/", status=429)
    assert told["code"] == "too_many_tries"
    same = PersonFactory(organisation=way.organisation, phone=way.address).ways.get()
    admin.post(f"people/{same.person_id}/ways/{same.pk}/code/", status=429)
    later(seconds=61)
    admin.post(f"people/{same.person_id}/ways/{same.pk}/code/", status=204)
    assert len(letterbox.sent) == 2


def test_nobody_sends_codes_to_number_after_number(admin: Api, site: Site, letterbox: Letterbox) -> None:
    ways = [PersonFactory(site=site, phone=f"+3363998000{at}").ways.get() for at in range(6)]
    for way in ways[:5]:
        verification.ask_verification(admin.member, way)
    with pytest.raises(Refusal):
        verification.ask_verification(admin.member, ways[5])
    assert len(letterbox.sent) == 5


def test_a_code_of_another_way_verifies_nothing(admin: Api, site: Site, way: ContactWay, letterbox: Letterbox) -> None:
    other = PersonFactory(site=site, phone="+33639980002").ways.get()
    verification.ask_verification(admin.member, way)
    code = letterbox.code
    assert refused(admin, other, code) == "no_code_sent"
    admin.post(f"people/{other.person_id}/ways/{way.pk}/confirmation/", {"code": code}, 404)


def test_an_address_that_changed_is_not_verified(admin: Api, way: ContactWay, letterbox: Letterbox) -> None:
    verification.ask_verification(admin.member, way)
    verification.confirm(admin.member, way, letterbox.code)
    person = admin.get(f"people/{way.person_id}/")
    ways = [{"kind": "phone", "address": "06 39 98 00 09"}]
    changed = admin.patch(f"people/{way.person_id}/", {"version": person["version"], "ways": ways})
    assert changed["ways"][0]["verified_at"] is None


def test_who_manages_another_site_asks_for_no_code(site: Site, way: ContactWay, letterbox: Letterbox) -> None:
    there = Api(MemberFactory(site=SiteFactory(organisation=site.organisation), roles=[Role.ADMINISTRATOR]))
    there.post(f"people/{way.person_id}/ways/{way.pk}/code/", status=404)
    unplaced = PersonFactory(organisation=site.organisation, phone="+33639980003").ways.get()
    there.post(f"people/{unplaced.person_id}/ways/{unplaced.pk}/code/", status=403)
    assert letterbox.sent == []


def test_nothing_is_sent_to_who_was_removed_or_takes_nothing(admin: Api, way: ContactWay, letterbox: Letterbox) -> None:
    ContactWay.objects.filter(pk=way.pk).update(sms=False, voice=False)
    admin.post(f"people/{way.person_id}/ways/{way.pk}/code/", status=409)
    ContactWay.objects.filter(pk=way.pk).update(sms=True)
    admin.delete(f"people/{way.person_id}/")
    assert admin.post(f"people/{way.person_id}/ways/{way.pk}/code/", status=409)["code"] == "removed"
    assert letterbox.sent == []
