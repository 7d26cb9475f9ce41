"""What can be asked about people who can be reached: whom a member may see, whom words find, who has a number."""

from __future__ import annotations

import re
import unicodedata
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from soc.people.directory.models import ACCENTS, ContactWay, Person, PersonList, Profile, WayKind
from soc.people.models import Member
from soc.people.rights import Right
from soc.people.scope import scoped

_MOST_WORDS = 8
_NUMBER = re.compile(r"\A[+(]?[\d\s.\-/()]{2,}\Z")


def people(member: Member, right: Right = Right.SEE_DIRECTORY) -> QuerySet[Person]:
    """The people whom `member` reaches with `right`, by name, the removed ones too; with all that lists show of them."""
    rows = scoped(Person.objects.all(), member, right).select_related("site", "member")
    return rows.prefetch_related("ways", "profiles", "lists").order_by("folded_name", "id")


def profiles(member: Member, right: Right = Right.SEE_DIRECTORY) -> QuerySet[Profile]:
    """The organisation's profiles, each with the `count` of the people whom `member` sees and who are not removed."""
    return scoped(Profile.objects.all(), member, right).annotate(count=_counted(member, right)).order_by("name")


def lists(member: Member, right: Right = Right.SEE_DIRECTORY) -> QuerySet[PersonList]:
    """The organisation's lists, counted as `profiles`."""
    return scoped(PersonList.objects.all(), member, right).annotate(count=_counted(member, right)).order_by("name")


def ways(member: Member, right: Right) -> QuerySet[ContactWay]:
    """The ways of the people whom `member` reaches with `right`."""
    return scoped(ContactWay.objects.all(), member, right)


def own_ways(member: Member) -> QuerySet[ContactWay]:
    """The member's own ways."""
    return scoped(ContactWay.objects.filter(person__member=member), member, Right.SIGNED_IN)


def people_with(organisation_id: UUID, kind: WayKind, address: str) -> QuerySet[Person]:
    """The people, not removed, who have this number (E.164) or address (lower case). For what messages come in: nobody asks."""
    rows = ContactWay.objects.filter(organisation=organisation_id, kind=kind, address=address)
    return Person.objects.filter(organisation=organisation_id, removed_at=None, pk__in=rows.values("person"))


def matching(people: QuerySet[Person], text: str, organisation_id: UUID) -> QuerySet[Person]:
    """Those of `people` in whose name or addresses every word of `text` stands, or who have this number."""
    text = text.strip()
    rows = ContactWay.objects.filter(organisation=organisation_id)
    if _NUMBER.match(text):
        digits = re.sub(r"\D", "", text)
        # As it is kept, nobody's number begins with what is dialled before it.
        with_number = rows.filter(address__contains=digits.lstrip("0") or digits).values("person")
        return people.filter(_named(folded(text)) | Q(pk__in=with_number))
    for word in text.split()[:_MOST_WORDS]:
        with_address = rows.filter(address__contains=word.lower()).values("person")
        people = people.filter(_named(folded(word)) | Q(pk__in=with_address))
    return people


def folded(text: str) -> str:
    """A text as `Person.folded_name` has it: without accents and case."""
    return re.sub(ACCENTS, "", unicodedata.normalize("NFKD", text)).lower()


def _named(word: str) -> Q:
    """The word in a folded name. Where a database knows the case of ASCII letters only, other alphabets keep theirs."""
    spellings = {word} if word.isascii() else {word, word.capitalize(), word.upper()}
    found = Q()
    for one in spellings:
        found |= Q(folded_name__contains=one)
    return found


def _counted(member: Member, right: Right) -> Count:
    seen = scoped(Person.objects.filter(removed_at=None), member, right)
    return Count("people", filter=Q(people__in=seen))
