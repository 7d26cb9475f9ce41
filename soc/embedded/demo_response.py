"""What the demo's plan says: an intrusion, told in two languages, with everything that a plan can do."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from alerts.channels.base import AnswerKind, Channel
from crisis.plans.content import Contacting
from soc.people.rights import Role

PLAN = "Intrusion on the site"
_CALL_AFTER_S = 60


def document(*, staff: UUID, guards: UUID, police: UUID, script: UUID | None) -> dict[str, Any]:
    """The plan's document.

    Args:
        staff: the profile that goes inside.
        guards: the schedule of whoever goes and looks.
        police: the contact that somebody calls, with the sheet.
        script: what locks doors, lights lights and sounds the siren; null: the installation has no such things.
    """
    steps = [_guards(guards), _staff(staff), _instruction(), _nobody_goes(guards), _police(police), _gate()]
    if script is not None:
        steps.insert(3, {"kind": "devices", "key": "secure", "name": "Secure the building", "script": str(script)})
    return {
        "languages": ["en", "fr"],
        "steps": steps,
        "stand_down": {
            "en": {"text": "{site}: it is over. You may go out.", "spoken": "It is over. You may go out."},
            "fr": {
                "text": "{site} : c’est terminé. Vous pouvez sortir.",
                "spoken": "C’est terminé. Vous pouvez sortir.",
            },
        },
        "help_to": {"groups": [{"kind": "on_call", "schedule": str(guards)}, {"kind": "role", "role": Role.AGENT}]},
    }


def _guards(guards: UUID) -> dict[str, Any]:
    return {
        "kind": "message",
        "key": "guards",
        "name": "Guards on call: go and look",
        "to": {"groups": [{"kind": "on_call", "schedule": str(guards)}]},
        "ways": [{"channel": Channel.APP}, {"channel": Channel.SMS}],
        "words": {
            "en": {"text": "{site}: somebody is in the zone {zone}. Go and look, two of you."},
            "fr": {"text": "{site} : quelqu’un est dans la zone {zone}. Allez voir, à deux."},
        },
        "choices": [_choice(1, AnswerKind.COMING), _choice(2, AnswerKind.HELP)],
        "first": True,
    }


def _staff(staff: UUID) -> dict[str, Any]:
    return {
        "kind": "message",
        "key": "staff",
        "name": "Staff on site: go inside",
        "to": {"groups": [{"kind": "profile", "profile": str(staff)}]},
        "ways": [
            {"channel": Channel.APP},
            {"channel": Channel.SMS},
            {"channel": Channel.VOICE, "after_s": _CALL_AFTER_S},
        ],
        "words": {
            "en": {
                "text": "{site}: intruder near {zone}. Go inside, lock the door, stay away from windows.",
                "plain": "There is danger outside. Go in. Close the door. Stay away from the windows.",
            },
            "fr": {
                "text": "{site} : intrus près de {zone}. Rentrez, fermez la porte à clé, éloignez-vous des fenêtres.",
                "plain": "Il y a un danger dehors. Rentrez. Fermez la porte. Restez loin des fenêtres.",
            },
        },
        "choices": [_choice(1, AnswerKind.SAFE), _choice(2, AnswerKind.HELP)],
    }


def _instruction() -> dict[str, Any]:
    return {
        "kind": "instruction",
        "key": "inside",
        "name": "Spoken on every screen",
        "words": {
            "en": "Go inside. Lock the door. Stay away from windows.",
            "fr": "Rentrez. Fermez la porte à clé. Éloignez-vous des fenêtres.",
        },
        "again_every_s": 120,
        "times": 3,
    }


def _nobody_goes(guards: UUID) -> dict[str, Any]:
    return {
        "kind": "message",
        "key": "escalate",
        "name": "No guard answers: call them and the supervisors",
        "after": "guards",
        "delay_s": _CALL_AFTER_S,
        "unless": {"step": "guards", "needed": 1},
        "to": {"groups": [{"kind": "on_call", "schedule": str(guards)}, {"kind": "role", "role": Role.SUPERVISOR}]},
        "ways": [{"channel": Channel.APP}, {"channel": Channel.VOICE}],
        "words": {
            "en": {"text": "{site}: no guard has answered. Somebody must go to {zone}."},
            "fr": {"text": "{site} : aucun agent n’a répondu. Quelqu’un doit aller à {zone}."},
        },
        "choices": [_choice(1, AnswerKind.COMING), _choice(2, AnswerKind.HELP)],
    }


def _police(police: UUID) -> dict[str, Any]:
    return {
        "kind": "emergency",
        "key": "police",
        "name": "Call the police and read the sheet",
        "contact": str(police),
        "how": Contacting.SHEET,
    }


def _gate() -> dict[str, Any]:
    return {
        "kind": "task",
        "key": "gate",
        "name": "Meet the police at the gate",
        "role": "An agent",
        "within_s": 600,
        "after": "guards",
    }


def _choice(key: int, kind: AnswerKind) -> dict[str, Any]:
    return {"key": str(key), "kind": kind}
