"""Nobody sees or changes what is not theirs: every address of the API is walked by strangers, with others' ids.

The walk begins with the OpenAPI schema and is checked against Django's resolver, so an address that is added is walked, or fails
here until `tests/world/` says how it is filled.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlencode

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection, models, transaction
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.urls import URLPattern, URLResolver, get_resolver
from drf_spectacular.generators import SchemaGenerator
from pytest_django import DjangoDbBlocker
from rest_framework.views import APIView

from detection import probing
from soc.config import config
from soc.journal import vocabulary
from soc.journal.models import Entry, Personal
from soc.people.models import Member
from soc.people.permissions import Open
from soc.people.rights import RIGHTS, Right
from tests import factories
from tests.world import BODIES, FILTERS, FORMS, OWNED_BY, UNUSUAL, WITHOUT_ID, Ids, World, world

pytestmark = pytest.mark.django_db

OURS, THEIRS = "ours-7f3a", "theirs-51cd"


@dataclass(frozen=True)
class Operation:
    """A method of an address, as the schema describes it."""

    method: str
    path: str
    takes_body: bool
    filters: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    def address(self, ids: Ids) -> str:
        """The address with the ids filled in."""
        parts = self.path.split("/")
        for at, part in enumerate(parts):
            if part.startswith("{"):
                kind = OWNED_BY.get(parts[at - 1])
                assert kind, f"Say in tests/world/owners.py whose id follows “{parts[at - 1]}” in {self.path}."
                parts[at] = ids[kind]
        return "/".join(parts)

    @property
    def named(self) -> bool:
        """Whether the address names something."""
        return "{" in self.path

    def body(self, ids: Ids) -> dict[str, Any] | None:
        """A body that is accepted."""
        if not self.takes_body:
            return None
        assert str(self) in BODIES, f"Say in tests/world/bodies/ what {self} takes."
        return BODIES[str(self)](ids)

    def right(self) -> Right | Open:
        """The right that the view asks for."""
        view = views()[re.sub(r"{\w+}", "{}", self.path)]
        rights: dict[str, Right | Open] = vars(view).get("rights") or getattr(view, "rights", {})
        return rights[self.method]


@cache
def operations() -> tuple[Operation, ...]:
    """Every operation of the schema."""
    schema: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return tuple(
        Operation(
            method=method.upper(),
            path=path,
            takes_body="requestBody" in described,
            filters=tuple(sorted(one["name"] for one in described.get("parameters", []) if one["in"] == "query")),
        )
        for path, methods in schema["paths"].items()
        for method, described in methods.items()
    )


@cache
def views() -> dict[str, type[APIView]]:
    """Every API view of the resolver by its address, with `{}` for what is filled in."""
    found: dict[str, type[APIView]] = {}

    def walk(patterns: list[Any], prefix: str) -> None:
        for pattern in patterns:
            route = prefix + str(pattern.pattern)
            if isinstance(pattern, URLResolver):
                walk(pattern.url_patterns, route)
            elif isinstance(pattern, URLPattern) and (view := getattr(pattern.callback, "cls", None)) is not None:
                found["/" + re.sub(r"<[^>]+>", "{}", route)] = view

    walk(get_resolver().url_patterns, "")
    return found


NOT_DESCRIBED = {"/api/schema/", "/api/docs/"}  # the description itself: public, names nothing
NAMED = [operation for operation in operations() if operation.named]
everywhere = pytest.mark.parametrize("operation", operations(), ids=str)


@pytest.fixture(autouse=True)
def _nobody_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probing, "PATIENCE_S", 0.05)
    monkeypatch.setattr(probing, "LIVE_PATIENCE_S", 0.05)
    monkeypatch.setattr(config(), "simulate", True)  # else the simulated phones are not there at all


@pytest.fixture(scope="module")
def worlds(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[tuple[World, World]]:
    """Both organisations, made once: each test begins with them as they are here, and what it does is undone."""
    with django_db_blocker.unblock():
        made = world(OURS), world(THEIRS)
        connection.close()
    yield made
    with django_db_blocker.unblock():
        call_command("flush", verbosity=0, interactive=False, inhibit_post_migrate=True)


@pytest.fixture
def ours(worlds: tuple[World, World]) -> World:
    return worlds[0]


@pytest.fixture
def theirs(worlds: tuple[World, World]) -> World:
    return worlds[1]


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def send(operation: Operation, member: Member | None, address: str, body: Any = None) -> HttpResponseBase:
    client = Client()
    client.raise_request_exception = True
    if member is not None:
        client.force_login(member)
    if str(operation) in FORMS and body is not None:
        files = {name: SimpleUploadedFile(name, data) for name, data in FORMS[str(operation)]().items()}
        return client.generic(
            operation.method, address, encode_multipart(BOUNDARY, body | files), content_type=MULTIPART_CONTENT
        )
    content = "" if body is None else json.dumps(body)
    return client.generic(operation.method, address, content, content_type="application/json")


def text_of(answer: HttpResponseBase) -> str:
    assert isinstance(answer, HttpResponse | StreamingHttpResponse)
    raw = b"".join(answer) if isinstance(answer, StreamingHttpResponse) else answer.content
    return bytes(raw).decode("utf-8", "replace")


@cache
def _rows_of_an_organisation() -> str:
    """One question for the rows of every table that names its organisation: hundreds of them would take half a second."""
    quoted = connection.ops.quote_name
    tables = sorted(
        model._meta.db_table
        for model in apps.get_models()
        if any(isinstance(field, models.ForeignKey) and field.name == "organisation" for field in model._meta.fields)
    )
    every = (
        f"SELECT '{name}' AS name, CAST(one AS text) FROM {quoted(name)} AS one WHERE organisation_id = %(organisation)s"
        for name in tables
    )
    return " UNION ALL ".join(every) + " ORDER BY 1, 2"


def snapshot(of: World) -> list[tuple[str, str]]:
    """All rows of the organisation, each with its table's name, to see that nothing of it changed."""
    with connection.cursor() as cursor:
        cursor.execute(_rows_of_an_organisation(), {"organisation": of.organisation.pk})
        return list(cursor.fetchall())


def is_named(pk: str, answer: str) -> bool:
    """Whether the answer names the row; the digits of a small number stand in many a UUID."""
    return re.search(rf'"id":"?{pk}\b', answer) is not None if pk.isdigit() else pk in answer


def with_others(value: Any, own: Ids, others: Ids) -> Iterator[tuple[str, Any]]:
    """The body once for each id in it, that one replaced with the other organisation's."""
    swap = {own[kind]: others[kind] for kind in own}
    text = json.dumps(value)
    for pk in sorted(set(swap) & set(re.findall(r'"([0-9a-f-]{36})"', text))):
        yield pk, json.loads(text.replace(pk, swap[pk]))


def test_every_view_is_walked_and_names_the_right_of_every_method() -> None:
    described = {re.sub(r"{\w+}", "{}", operation.path) for operation in operations()}
    assert set(views()) - NOT_DESCRIBED == described
    for path, view in views().items():
        if path in NOT_DESCRIBED:
            continue
        answered = {method.upper() for method in view.http_method_names if hasattr(view, method)} - {"OPTIONS", "HEAD"}
        assert answered <= set(getattr(view, "rights", {})), f"{path} answers a method without naming its right."


def test_only_signing_in_and_the_operator_are_open_to_all() -> None:
    opened = {str(operation) for operation in operations() if operation.right() is Open.TO_ALL}
    assert opened == {
        "GET /api/about/",
        "GET /api/session/",
        "POST /api/session/",
        "POST /api/session/code/",
        "POST /api/session/passkey/",
        "POST /api/session/passkey/question/",
        "POST /api/link/",
        "POST /api/link/question/",
        "POST /api/link/use/",
        "GET /api/cap/feed/",  # with a reader's key
        "GET /api/cap/feed/{id}/",
        "POST /api/cap/",  # signed by its sender
        "POST /api/webhook/",  # signed by its system
        "POST /api/answer-link/",
        "POST /api/answer-link/answer/",
        "POST /api/answer-link/sound/",
    }


@everywhere
def test_who_is_not_signed_in_is_told_so(operation: Operation, ours: World) -> None:
    if operation.right() is Open.TO_ALL:
        pytest.skip("open to all")
    answer = send(operation, None, operation.address(ours.ids), operation.body(ours.ids))
    assert answer.status_code == 401
    assert OURS not in text_of(answer)


@everywhere
def test_each_role_may_do_what_the_table_of_rights_says(operation: Operation, ours: World) -> None:
    right = operation.right()
    for role, member in ours.members.items():
        with undone():
            answer = send(operation, member, operation.address(ours.ids), operation.body(ours.ids))
        allowed = isinstance(right, Open) or right in RIGHTS[role] | {Right.SIGNED_IN}
        # Some refuse for a reason of their own, which is told, whoever holds the right.
        refused = answer.status_code == 403 and '"code":"permission_denied"' in text_of(answer)
        assert refused is not allowed, (role, text_of(answer))


@everywhere
def test_who_may_do_everything_can(operation: Operation, ours: World) -> None:
    """What makes the tests below worth something: these addresses and bodies are accepted where they are one's own."""
    with undone():
        answer = send(operation, ours.everything, operation.address(ours.ids), operation.body(ours.ids))
        expected = UNUSUAL.get(str(operation))
        assert answer.status_code == expected if expected else answer.status_code < 300, text_of(answer)


@pytest.mark.parametrize("operation", [one for one in operations() if one.method != "GET"], ids=str)
def test_what_is_journalled_has_words(operation: Operation, ours: World) -> None:
    """An auditor reads no name of the program's: each kind of thing and each value is called something, in each language."""
    last = Entry.objects.order_by("pk").last()
    with undone():
        send(operation, ours.everything, operation.address(ours.ids), operation.body(ours.ids))
        for entry in Entry.objects.filter(pk__gt=last.pk if last else 0):
            kept = Personal.objects.filter(entry=entry).first()
            personal = json.loads(kept.text) if kept else {}
            assert vocabulary.without_words(entry.subject_kind, entry.details, personal) == set(), entry.action


@pytest.mark.parametrize("operation", NAMED, ids=str)
def test_a_stranger_finds_nothing_at_our_addresses(operation: Operation, ours: World, theirs: World) -> None:
    before = snapshot(ours)
    answer = send(operation, theirs.everything, operation.address(ours.ids), operation.body(theirs.ids))
    assert answer.status_code == 404, text_of(answer)
    assert OURS not in text_of(answer)
    assert snapshot(ours) == before


@pytest.mark.parametrize("operation", [one for one in NAMED if one.path.count("{") > 1], ids=str)
def test_what_is_ours_is_not_found_under_what_is_theirs(operation: Operation, ours: World, theirs: World) -> None:
    mixed = {**ours.ids, "camera": theirs.ids["camera"]}
    answer = send(operation, theirs.everything, operation.address(mixed), operation.body(theirs.ids))
    assert answer.status_code == 404, text_of(answer)


# Tokens are the member's own. The logbook's categories are read at every site, and changed by who administers all of them: that
# the others are told so is in tests/alerts/logbook/test_categories.py; so are profiles and lists (tests/soc/people/directory).
# Texts come from numbers, and a call for help is anybody's.
OF_NO_SITE = ("/tokens/", "/logbook/categories/", "/profiles/", "/person-lists/", "/incoming-texts/")


@pytest.mark.parametrize(
    "operation", [one for one in NAMED if not any(part in one.path for part in OF_NO_SITE)], ids=str
)
def test_a_role_at_one_site_reaches_no_other(operation: Operation, ours: World) -> None:
    elsewhere = ours.elsewhere()
    before = snapshot(ours)
    with undone():
        answer = send(operation, elsewhere, operation.address(ours.ids), operation.body(ours.ids))
        assert answer.status_code == 404, text_of(answer)
        assert OURS not in text_of(answer)
    assert snapshot(ours) == before


@pytest.mark.parametrize("operation", [one for one in operations() if one.method == "GET"], ids=str)
def test_nothing_of_ours_is_in_a_strangers_lists(operation: Operation, ours: World, theirs: World) -> None:
    answer = text_of(send(operation, theirs.everything, operation.address(theirs.ids)))
    assert OURS not in answer
    assert not [kind for kind, pk in ours.ids.items() if is_named(pk, answer)]


@pytest.mark.parametrize("operation", [one for one in operations() if set(one.filters) & set(FILTERS)], ids=str)
def test_our_ids_in_a_strangers_filters_find_nothing(operation: Operation, ours: World, theirs: World) -> None:
    for name in sorted(set(operation.filters) & set(FILTERS)):
        query = urlencode({name: ours.ids[FILTERS[name]]})
        answer = send(operation, theirs.everything, f"{operation.address(theirs.ids)}?{query}")
        found = text_of(answer)
        assert answer.status_code in (200, 400, 404), found
        assert OURS not in found
        if answer.status_code == 200 and answer["Content-Type"] == "application/json":
            assert json.loads(found)["results"] == []


def test_every_filter_that_takes_an_id_is_walked() -> None:
    asked = {name for operation in operations() for name in operation.filters}
    assert asked - FILTERS.keys() <= WITHOUT_ID


@pytest.mark.parametrize("operation", [one for one in operations() if one.takes_body], ids=str)
def test_our_ids_in_a_strangers_body_are_refused(operation: Operation, ours: World, theirs: World) -> None:
    before = snapshot(ours)
    body = operation.body(theirs.ids)
    for pk, swapped in with_others(copy.deepcopy(body), theirs.ids, ours.ids):
        with undone():
            answer = send(operation, theirs.everything, operation.address(theirs.ids), swapped)
            assert 400 <= answer.status_code < 500, (pk, text_of(answer))
            assert answer.status_code != 403
            assert OURS not in text_of(answer)
    assert snapshot(ours) == before


def test_a_token_opens_no_more_than_its_member(ours: World, theirs: World) -> None:
    factories.ApiTokenFactory(member=theirs.everything, text="their-token")
    program = {"Authorization": "Bearer their-token"}
    assert Client().get("/api/cameras/", headers=program).json()["results"][0]["id"] == theirs.ids["camera"]
    assert Client().get(f"/api/cameras/{ours.ids['camera']}/", headers=program).status_code == 404
    for wrong in ("Bearer", "Bearer x", "Bearer their-token twice", "Basic eDp5"):
        assert Client().get("/api/cameras/", headers={"Authorization": wrong}).status_code == 401


def test_a_member_without_a_role_is_signed_in_and_sees_nothing(ours: World) -> None:
    nobody = factories.MemberFactory(organisation=ours.organisation)
    for operation in operations():
        right = operation.right()
        with undone():
            answer = send(operation, nobody, operation.address(ours.ids), operation.body(ours.ids))
        if isinstance(right, Right) and right is not Right.SIGNED_IN:
            assert answer.status_code == 403, str(operation)
