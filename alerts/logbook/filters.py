"""What the logbook may be narrowed to. Another organisation's ids match nothing, and say nothing."""

from __future__ import annotations

import re

import django_filters
from django.db.models import Q, QuerySet

from alerts.logbook.models import LogbookEntry

_REFERENCE = re.compile(r"^\s*(\d{4})-0*(\d{1,9})\s*$")


class EntryFilter(django_filters.FilterSet):
    """`?category=…&site=…&camera=…&author=…&alert=…&since=…&until=…&q=words`, or ``q=2026-0012`` for one entry."""

    category = django_filters.UUIDFilter(field_name="category_id")
    site = django_filters.UUIDFilter(field_name="site_id")
    camera = django_filters.UUIDFilter(field_name="camera_links__camera_id")
    author = django_filters.UUIDFilter(field_name="author_id")
    alert = django_filters.UUIDFilter(field_name="alert_links__alert_id")
    since = django_filters.IsoDateTimeFilter(field_name="happened_at", lookup_expr="gte")
    until = django_filters.IsoDateTimeFilter(field_name="happened_at", lookup_expr="lt")
    q = django_filters.CharFilter(method="search", max_length=200)

    class Meta:
        model = LogbookEntry
        fields: tuple[str, ...] = ()

    def search(self, entries: QuerySet[LogbookEntry], _name: str, value: str) -> QuerySet[LogbookEntry]:
        """Entries that have all these words in their text or place, or that have this number."""
        if number := _REFERENCE.match(value):
            return entries.filter(year=int(number[1]), number=int(number[2]))
        for word in value.split():
            entries = entries.filter(Q(words__text__icontains=word) | Q(words__place__icontains=word))
        return entries
