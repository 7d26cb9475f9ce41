"""What the directory may be narrowed to. Another organisation's ids match nothing, and say nothing."""

from __future__ import annotations

from uuid import UUID

import django_filters
from django.db.models import Exists, OuterRef, QuerySet

from soc.people.directory import selectors
from soc.people.directory.models import ContactWay, ListEntry, Person, PersonProfile, WayKind
from soc.people.requests import member_of


class PersonFilter(django_filters.FilterSet):
    """`?q=words or a number&site=…&profile=…&list=…&inside=true&without_phone=true&removed=true`."""

    q = django_filters.CharFilter(method="search", max_length=200)
    site = django_filters.UUIDFilter(field_name="site_id")
    profile = django_filters.UUIDFilter(method="with_profile")
    list = django_filters.UUIDFilter(method="on_list")
    inside = django_filters.BooleanFilter()
    without_phone = django_filters.BooleanFilter(method="has_no_phone")
    removed = django_filters.BooleanFilter(method="is_removed")

    class Meta:
        model = Person
        fields: tuple[str, ...] = ()

    def search(self, people: QuerySet[Person], _name: str, value: str) -> QuerySet[Person]:
        """By name, number or address."""
        return selectors.matching(people, value, member_of(self.request).organisation_id)

    def with_profile(self, people: QuerySet[Person], _name: str, value: UUID) -> QuerySet[Person]:
        """Who have this profile."""
        return people.filter(Exists(PersonProfile.objects.filter(profile=value, person=OuterRef("pk"))))

    def on_list(self, people: QuerySet[Person], _name: str, value: UUID) -> QuerySet[Person]:
        """Who are on this list."""
        return people.filter(Exists(ListEntry.objects.filter(list=value, person=OuterRef("pk"))))

    def has_no_phone(self, people: QuerySet[Person], _name: str, value: bool) -> QuerySet[Person]:
        """Who have no phone, or who have one."""
        phones = Exists(ContactWay.objects.filter(person=OuterRef("pk"), kind=WayKind.PHONE))
        return people.filter(~phones if value else phones)

    def is_removed(self, people: QuerySet[Person], _name: str, value: bool) -> QuerySet[Person]:
        """Who were removed, or who were not."""
        return people.filter(removed_at__isnull=not value)
