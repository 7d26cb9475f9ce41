"""Members are people of the directory too: each has a person, so that the app reaches a new colleague at once.

Nothing is hidden in signals. `ensure_people_of_members` is one statement, asked for by the clock each minute (`tasks.py`) and by
whoever is about to freeze people; a member who opens the own page gets a person by `person_of`. The name is the account's and
follows it; language and ways are the person's own from then on.
"""

from __future__ import annotations

from typing import TypedDict
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from soc import clock
from soc.journal.actions import Action
from soc.journal.services import Act, record_many
from soc.people import services as people
from soc.people.directory import feed, services
from soc.people.directory.models import Person
from soc.people.directory.ways import WayEntry
from soc.people.models import Member, Organisation
from soc.refusals import Refusal, Status

_ADD = """
WITH added AS (
    INSERT INTO soc_directory_person
        (id, organisation_id, display_name, language, member_id, site_id, inside, created_at, version)
    SELECT gen_random_uuid(), member.organisation_id, member.display_name, member.language, member.id,
        (SELECT CASE WHEN count(*) = count(held.site_id) AND count(DISTINCT held.site_id) = 1
                THEN min(held.site_id::text)::uuid END
         FROM soc_people_rolegrant held WHERE held.member_id = member.id),
        true, %(now)s, 1
    FROM soc_people_member member
    WHERE member.is_active AND member.organisation_id = ANY(%(organisations)s)
        AND NOT EXISTS (SELECT FROM soc_directory_person known WHERE known.member_id = member.id)
    ON CONFLICT (member_id) DO NOTHING
    RETURNING id, organisation_id, member_id
), addressed AS (
    INSERT INTO soc_directory_contactway (id, organisation_id, person_id, kind, address, position, sms, voice)
    SELECT gen_random_uuid(), added.organisation_id, added.id, 'email', lower(member.email), 0, false, false
    FROM added JOIN soc_people_member member ON member.id = added.member_id
    WHERE member.email <> ''
)
SELECT id FROM added
"""

_RENAME = """
UPDATE soc_directory_person person SET display_name = member.display_name, version = person.version + 1
FROM soc_people_member member
WHERE member.id = person.member_id AND person.organisation_id = ANY(%(organisations)s)
    AND member.display_name <> person.display_name
RETURNING person.id
"""


@transaction.atomic
def ensure_people_of_members(organisation: Organisation | UUID | None = None) -> int:
    """Give each active member without one a person (name, language, site of the only roles, e-mail from the account), and each
    person with an account the account's name.

    Args:
        organisation: whose members; ``None``: everybody's.

    Returns:
        How many people were added or renamed.
    """
    pk = organisation.pk if isinstance(organisation, Organisation) else organisation
    organisations = [pk] if pk else list(Organisation.objects.values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(_ADD, {"now": clock.now(), "organisations": organisations})
        added = {row[0] for row in cursor.fetchall()}
        cursor.execute(_RENAME, {"organisations": organisations})
        renamed = {row[0] for row in cursor.fetchall()}
    if not added and not renamed:
        return 0
    touched = list(Person.objects.filter(pk__in=added | renamed).prefetch_related("ways"))
    for of in {person.organisation_id for person in touched}:
        own = [person for person in touched if person.organisation_id == of]
        record_many(of, Action.PERSON_ADDED, (_act(one) for one in own if one.pk in added))
        record_many(of, Action.PERSON_CHANGED, (_act(one) for one in own if one.pk in renamed))
        feed.people_changed(of)
    return len(touched)


def _act(person: Person) -> Act:
    member = str(person.member_id)
    return Act(person, person.site_id, {"member": member}, {"after": {"display_name": person.display_name}})


@transaction.atomic
def person_of(member: Member) -> Person:
    """The member's own person; made from the account the first time."""
    found = Person.objects.filter(organisation=member.organisation_id, member=member).first()
    if found is not None:
        return found
    ensure_people_of_members(member.organisation_id)
    return Person.objects.get(organisation=member.organisation_id, member=member)


class OwnEntry(TypedDict, total=False):
    """What a member changes about how they are reached; what is missing stays as it is."""

    language: str
    ways: list[WayEntry]


@transaction.atomic
def change_own(member: Member, entered: OwnEntry, *, version: int) -> Person:
    """Change one's own ways and the language one is written to. No right is needed: they are the member's own.

    Raises:
        Refusal: a colleague was first, some are no numbers or addresses, there is no such language, or the member was removed
            from the directory.
    """
    person = person_of(member)
    people.lock(member.organisation_id)
    person = Person.objects.select_related("organisation").get(pk=person.pk)
    if person.version != version:
        sentence = _("This was changed meanwhile. Look at it and enter your change again.")
        raise Refusal("changed_meanwhile", sentence, status=Status.CONFLICT)
    change: services.PersonEntry = {}
    if "language" in entered:
        change["language"] = entered["language"]
    if "ways" in entered:
        change["ways"] = entered["ways"]
    return services.apply_change(member, person, change)
