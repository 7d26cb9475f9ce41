"""The front end's page, static files, the API's page, and errors: each with the headers that keep it safe."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from soc import health

pytestmark = pytest.mark.django_db


@pytest.fixture
def built(tmp_path: Path, settings: Settings) -> Path:
    (tmp_path / "index.html").write_text("<!doctype html><title>Vigie</title><script src=/static/a.js></script>")
    settings.FRONT_END = tmp_path
    return tmp_path


def test_every_page_of_the_front_end_is_the_same_and_sets_the_csrf_cookie(client: Client, built: Path) -> None:
    for path in ("/", "/alerts/1", "/cameras"):
        page = client.get(path)
        assert page.status_code == 200
        assert b"/static/a.js" in page.content
        assert "csrftoken" in page.cookies


def test_a_missing_file_is_not_answered_with_a_page(client: Client, built: Path) -> None:
    assert client.get("/assets/missing.js").status_code == 404


def test_a_front_end_that_is_not_built_says_what_to_do(client: Client, settings: Settings) -> None:
    settings.FRONT_END = Path("/nonexistent")
    page = client.get("/", headers={"accept-language": "en"})
    assert page.status_code == 503
    assert "make run" in page.content.decode()


def test_nothing_may_load_from_elsewhere(client: Client, built: Path) -> None:
    for path in ("/", "/api/schema/", "/api/nothing/", "/healthz"):
        policy = client.get(path)["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "script-src 'self';" in policy
        assert "http" not in policy


def test_the_api_page_needs_nothing_from_elsewhere(client: Client) -> None:
    page = client.get("/api/docs/").content.decode()
    assert "swagger-ui-bundle.js" in page
    assert "https://" not in page
    assert "<script>" not in page
    script = client.get("/api/docs/?script=")
    assert script["Content-Type"].startswith("application/javascript")
    bundle = client.get("/static/drf_spectacular_sidecar/swagger-ui-dist/swagger-ui-bundle.js")
    assert bundle.status_code == 200
    bundle.close()


def test_an_unknown_api_address_is_told_in_the_api_shape_and_the_readers_language(client: Client) -> None:
    answer = client.get("/api/nothing/")
    assert answer.status_code == 404
    assert set(answer.json()) == {"code", "message", "fields"}


def test_alive_asks_nobody(client: Client, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(0):
        assert client.get("/healthz").json() == {"alive": True}


def test_ready_when_database_and_broker_answer(client: Client) -> None:
    answer = client.get("/readyz")
    body = answer.json()
    assert body["database"]["ok"]
    assert body["broker"]["ok"]
    assert answer.status_code == (200 if body["ready"] else 503)


def test_not_ready_when_something_vital_is_down(
    client: Client, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:9/0"
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["broker"] == {"ok": False}
    assert "broker" in answer.json()["degraded"]


def test_what_is_not_vital_degrades_only(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        health, "_checks", {"printer": lambda: health.Check(ok=False, details={"pages": 0}, vital=False)}
    )
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {"ready": True, "degraded": ["printer"], "printer": {"ok": False, "pages": 0}}
