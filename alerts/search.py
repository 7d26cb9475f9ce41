"""Finding alerts by what is written about them: why they fired in every language, rule, place, and what people wrote.

Words are folded (no accents, no case) before PostgreSQL sees them, and a word is found by its beginning. What an alert is
found by is kept in `AlertWords` when it is raised and when somebody writes; cameras and sites are also found by the name they
have now.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from uuid import UUID

from django.conf import settings
from django.contrib.postgres.search import SearchQuery, SearchVector, SearchVectorField
from django.db.models import F, Func, IntegerField, Q, QuerySet, Value
from django.utils import translation

from alerts.models import Alert, AlertWords
from alerts.rules.forms import why_text
from detection.models import Camera
from soc.people.models import Site

_CONFIG = "simple"  # neither stems nor drops words: names and places are what is looked for
MOST_WORDS = 8
#: An alert on which people wrote a book is found by its first chapters; PostgreSQL refuses more than 1 MB.
_MOST_KEPT = 20_000


def fold(text: str) -> list[str]:
    """The words of a text without accents and case: "L'allée n° 2" is ``["l", "allee", "no", "2"]``."""
    plain = "".join(one for one in unicodedata.normalize("NFKD", text) if not unicodedata.combining(one)).casefold()
    return "".join(one if one.isalnum() else " " for one in plain).split()


def vector(texts: Iterable[str]) -> Func:
    """The words of these texts, as PostgreSQL keeps them."""
    words = " ".join(word for text in texts for word in fold(text))
    # Where a word stands is not looked for.
    return Func(SearchVector(Value(words), config=_CONFIG), function="strip", output_field=SearchVectorField())


def why_texts(why: Mapping[str, object]) -> list[str]:
    """Why an alert fired, in every language of the installation."""
    code, params = why["code"], why["params"]
    texts: list[str] = []
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            texts.append(why_text(str(code), params if isinstance(params, dict) else {}))
    return texts


def keep(alert: Alert) -> None:
    """Keep the words of an alert that was just made."""
    texts = [alert.rule_name, alert.area_name, alert.camera.name, alert.site.name, *why_texts(alert.why)]
    AlertWords.objects.create(alert=alert, organisation_id=alert.organisation_id, words=vector(texts))


def add(alert: Alert, text: str) -> None:
    """Add what somebody wrote about an alert."""
    length = Func(F("words"), function="length", output_field=IntegerField())
    joined = Func(
        F("words"), vector([text]), template="%(expressions)s", arg_joiner=" || ", output_field=SearchVectorField()
    )
    AlertWords.objects.alias(length=length).filter(alert=alert, length__lt=_MOST_KEPT).update(words=joined)


def matching(alerts: QuerySet[Alert], text: str, organisation: UUID) -> QuerySet[Alert]:
    """Those of `alerts` in which every word of `text` begins a word."""
    words = fold(text)[:MOST_WORDS]
    if not words:
        return alerts
    cameras = _named(Camera.objects.filter(organisation=organisation).values_list("pk", "name"))
    sites = _named(Site.objects.filter(organisation=organisation).values_list("pk", "name"))
    for word in words:
        query = SearchQuery(f"{word}:*", config=_CONFIG, search_type="raw")
        written = AlertWords.objects.filter(organisation=organisation, words=query).values("alert")
        alerts = alerts.filter(
            Q(pk__in=written) | Q(camera__in=_beginning(cameras, word)) | Q(site__in=_beginning(sites, word))
        )
    return alerts


def _named(rows: Iterable[tuple[UUID, str]]) -> dict[UUID, list[str]]:
    return {pk: fold(name) for pk, name in rows}


def _beginning(names: Mapping[UUID, list[str]], word: str) -> list[UUID]:
    return [pk for pk, own in names.items() if any(one.startswith(word) for one in own)]
