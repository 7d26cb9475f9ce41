"""What can be asked of the journal: the entries a member may read, and who is named in them."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, QuerySet

from soc.journal.models import Entry, Unsealed
from soc.people.models import Member
from soc.people.rights import Right
from soc.people.scope import scoped


def entries(member: Member) -> QuerySet[Entry]:
    """The entries that `member` may read, with their personal data; `sealed` says whether a seal lists it already."""
    waits = Exists(Unsealed.objects.filter(entry_id=OuterRef("pk")))
    readable = scoped(Entry.objects.all(), member, Right.SEE_JOURNAL).select_related("personal")
    return readable.annotate(sealed=ExpressionWrapper(~waits, output_field=BooleanField()))


def names(organisation: UUID, members: Iterable[UUID | None]) -> dict[UUID, str]:
    """What these members of the organisation are called now."""
    wanted = {pk for pk in members if pk is not None}
    found = Member.objects.filter(organisation=organisation, pk__in=wanted)
    return dict(found.values_list("pk", "display_name"))
