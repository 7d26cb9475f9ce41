"""Who the figures of a plan are measured with: a crowd in the directory, an SMS account, a plan that tells everybody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.installation import Installation

if TYPE_CHECKING:
    from crisis.plans.models import Plan


def populate(made: Installation, count: int, port: int) -> Plan:
    """People with a phone, an address and an account, the agent among the people, the gateway's account, and an approved plan.

    Args:
        made: where.
        count: how many people the plan tells; each is signed in as ``person-N``.
        port: of the gateway.
    """
    from alerts.channels.models import ProviderAccount
    from alerts.channels.secrets import seal
    from crisis.plans.content import PlanContent
    from crisis.plans.models import Plan, PlanVersion, VersionState
    from soc import clock
    from soc.people.directory.models import ContactWay, Person, PersonProfile, Profile, WayKind
    from soc.people.models import Member

    own = {"organisation_id": made.organisation}
    members = Member.objects.bulk_create(
        (Member(**own, name=f"person-{number}", display_name=f"Person {number}") for number in range(count)), 2000
    )
    people = Person.objects.bulk_create(
        (Person(**own, display_name=member.display_name, member=member, site_id=made.site) for member in members), 2000
    )
    ContactWay.objects.bulk_create(
        (
            ContactWay(**own, person=person, kind=kind, address=address)
            for number, person in enumerate(people)
            for kind, address in ((WayKind.PHONE, f"+336{number:08d}"), (WayKind.EMAIL, f"{number}@example.org"))
        ),
        2000,
    )
    Person.objects.create(
        **own, display_name="Bench", member=Member.objects.get(**own, name="bench"), site_id=made.site
    )
    profile = Profile.objects.create(**own, name="everybody")
    PersonProfile.objects.bulk_create((PersonProfile(**own, person=person, profile=profile) for person in people), 2000)
    ProviderAccount.objects.create(
        **own,
        channel="sms",
        kind="kannel",
        name="Gateway",
        settings={"url": f"http://127.0.0.1:{port}/cgi-bin/sendsms", "user_name": "bench"},
        sealed=seal({"password": "bench"}),
        position=1,
    )
    content = PlanContent.model_validate(
        {
            "languages": ["en"],
            "steps": [
                {
                    "kind": "message",
                    "key": "in",
                    "name": "Go inside",
                    "to": {"groups": [{"kind": "profile", "profile": str(profile.pk)}]},
                    "ways": [{"channel": "sms"}, {"channel": "app"}, {"channel": "email"}],
                    "words": {"en": {"text": "{site}: go inside, lock the door, stay away from windows."}},
                    "choices": [
                        {"key": str(key), "kind": kind} for key, kind in enumerate(("safe", "help", "coming"), 1)
                    ],
                }
            ],
        }
    )
    author, approver = members[:2]
    plan = Plan.objects.create(**own, site_id=made.site, name="Bench")
    PlanVersion.objects.create(
        **own,
        plan=plan,
        number=1,
        state=VersionState.APPROVED,
        document=content.model_dump(mode="json"),
        author=author,
        edited_by=author,
        approved_by=approver,
        approved_at=clock.now(),
        digest="0" * 64,
    )
    return plan
