"""What can be asked of the journal: the entries a member may read; verifications."""

from __future__ import annotations

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, QuerySet

from soc.journal.models import Entry, Unsealed, VerificationRun
from soc.people.models import Member
from soc.people.rights import Right
from soc.people.scope import EVERYWHERE, reach, scoped


def entries(member: Member) -> QuerySet[Entry]:
    """The entries that `member` may read, with their personal data; `sealed` says whether a seal lists it already."""
    waits = Exists(Unsealed.objects.filter(entry_id=OuterRef("pk")))
    readable = scoped(Entry.objects.all(), member, Right.SEE_JOURNAL).select_related("personal")
    return readable.annotate(sealed=ExpressionWrapper(~waits, output_field=BooleanField()))


def verifications(member: Member) -> QuerySet[VerificationRun]:
    """The verifications of the organisation's journal, newest first. They are for who may read all of it."""
    runs = scoped(VerificationRun.objects.select_related("asked_by"), member, Right.SEE_JOURNAL)
    return runs if reach(member, Right.SEE_JOURNAL) is EVERYWHERE else runs.none()
