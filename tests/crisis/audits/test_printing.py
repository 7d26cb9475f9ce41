"""An audit as a PDF: what stands in it, in both languages, and that no text of anybody is markup."""

from __future__ import annotations

import io
import re

import pytest
from pypdf import PdfReader

from crisis.audits import services
from crisis.audits.models import Measure, Protection, ProtectionKind
from soc.journal.models import Entry
from soc.people.models import Member
from tests import factories
from tests.crisis.audits.conftest import House, client_of, only_risk

HOSTILE = '#panic("no") *bold* $x$ @cite <label> \\ `raw` // gone #import "/etc/passwd" ]'


def pages(member: Member, audit: object) -> tuple[PdfReader, str]:
    answer = client_of(member).get(f"/api/risk-audits/{audit}/pdf/")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert answer["Cache-Control"] == "no-store"
    read = PdfReader(io.BytesIO(answer.content))
    return read, re.sub(r"\s+", " ", " ".join(page.extract_text() for page in read.pages))


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "en",
            [
                "Risk audit of North campus",
                "Version 1",
                "Approved by",
                "4 – Likely, once a year",
                "3 – Serious",
                "What protects, at the moment of printing",
                "Fence – was never tested",
                "Camera on the west fence",
                "days late",
                "Page 1 of",
                "SHA-256 of the content",
                "the content was the one that was approved",
            ],
        ),
        (
            "fr",
            [
                "Audit de risques de North campus",
                "Version 1",
                "Approuvé par",
                "4 – Probable, une fois par an",
                "3 – Sérieuse",
                "Ce qui protège, au moment de l’impression",
                "jamais testé",
                "Camera on the west fence",
                "jours de retard",
                "Page 1 sur",
                "SHA-256 du contenu",
                "le contenu était celui qui a été approuvé",
            ],
        ),
    ],
)
def test_it_says_all_that_was_signed_in_the_readers_language(house: House, language: str, words: list[str]) -> None:
    audit = house.draft()
    risk = only_risk(audit)
    Measure.objects.create(
        organisation=audit.organisation, risk=risk, what="Camera on the west fence", due_on="2026-01-15"
    )
    Protection.objects.create(organisation=audit.organisation, risk=risk, kind=ProtectionKind.OTHER, name="Fence")
    audit = services.submit(house.author, audit.pk, version=audit.version)
    audit = services.approve(house.approver, audit.pk, version=audit.version)
    house.author.language = language
    house.author.save()
    read, text = pages(house.author, audit.pk)
    assert [one for one in words if one not in text] == []
    assert {"Camille", "Alex"} <= set(re.findall(r"\w+", text))
    assert audit.digest in text.replace(" ", "")
    assert str(read.root_object["/Lang"]) == language
    assert "/StructTreeRoot" in read.root_object, "a screen reader reads it"
    noted = Entry.objects.get(organisation=house.site.organisation, action="audit_printed")
    assert (noted.actor_id, noted.details["digest"]) == (house.author.pk, audit.digest)


def test_what_is_not_approved_says_that_it_binds_nobody(house: House) -> None:
    _read, text = pages(house.author, house.draft().pk)
    assert "This version is not approved. It binds nobody." in text
    assert "SHA-256" not in text


def test_no_text_of_anybody_is_markup(house: House) -> None:
    audit = factories.RiskAuditFactory(site=house.site, author=house.author, scope=HOSTILE)
    risk = factories.AuditedRiskFactory(
        audit=audit, code="", own_name=HOSTILE, exposed=HOSTILE, missing=HOSTILE, notes=HOSTILE
    )
    Measure.objects.create(organisation=audit.organisation, risk=risk, what=HOSTILE)
    Protection.objects.create(organisation=audit.organisation, risk=risk, kind=ProtectionKind.OTHER, name=HOSTILE)
    house.site.name = HOSTILE
    house.site.save()
    _read, text = pages(house.author, audit.pk)
    plain = re.sub(r"\s+", " ", HOSTILE)
    assert text.replace("\u00ad", "").count(plain) >= 4
    assert "root:" not in text


def test_forty_risks_fit_on_as_many_pages_as_they_need(house: House) -> None:
    audit = factories.RiskAuditFactory(site=house.site, author=house.author)
    for number in range(40):
        factories.AuditedRiskFactory(audit=audit, code="", own_name=f"Risk number {number}", likelihood=5, severity=5)
    read, text = pages(house.author, audit.pk)
    assert len(read.pages) > 4
    assert [number for number in range(40) if f"Risk number {number}" not in text] == []
    assert f"Page {len(read.pages)} of {len(read.pages)}" in text
