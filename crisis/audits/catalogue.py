"""The risks that an audit begins with, as data: a code, its name, what to look at. Nothing here judges: a person does.

`OWN` says that a risk has a name of its own. A code is kept in the database and never changes its meaning.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

OWN: Final = ""
"""In the place of a code: the risk is the organisation's own, with a free name."""


class Group(StrEnum):
    """By what a catalogue's list is ordered."""

    MALICE = "malice"
    ACCIDENT = "accident"
    PEOPLE = "people"
    NATURE = "nature"
    SUPPLY = "supply"

    @property
    def words(self) -> Promise:
        """Its heading."""
        return _GROUPS[self]


_GROUPS: dict[Group, Promise] = {
    Group.MALICE: _("Malice"),
    Group.ACCIDENT: _("Accidents"),
    Group.PEOPLE: _("People"),
    Group.NATURE: _("Nature"),
    Group.SUPPLY: _("Supply and networks"),
}


@dataclass(frozen=True, slots=True)
class CatalogueRisk:
    """A usual risk: its code, its group, its name, and what to look at when it is judged."""

    code: str
    group: Group
    name: Promise
    advice: Promise


def _listed(*risks: CatalogueRisk) -> dict[str, CatalogueRisk]:
    return {risk.code: risk for risk in risks}


RISKS: Final = _listed(
    CatalogueRisk(
        "attack",
        Group.MALICE,
        _("Attack"),
        _(
            "Who can come close with a vehicle or a weapon? Where do people gather, hide, leave? Who gives the alarm, how?"
        ),
    ),
    CatalogueRisk(
        "bomb_threat",
        Group.MALICE,
        _("Bomb threat or suspect package"),
        _("Who takes the call, and with which sheet? Who decides to evacuate? Where do people wait, far enough away?"),
    ),
    CatalogueRisk(
        "intrusion",
        Group.MALICE,
        _("Intrusion on the site"),
        _("Which fences, doors and windows are not seen? At which hours is nobody there? What is worth stealing?"),
    ),
    CatalogueRisk(
        "assault",
        Group.MALICE,
        _("Assault"),
        _("Who works alone, with money or with angry visitors? Where is an alert button out of reach?"),
    ),
    CatalogueRisk(
        "theft",
        Group.MALICE,
        _("Theft"),
        _("What can be carried away, by whom, and when would it be noticed? Who holds keys and badges?"),
    ),
    CatalogueRisk(
        "damage",
        Group.MALICE,
        _("Damage or arson"),
        _("What burns or breaks easily near the edge of the site? Which places are dark and out of sight?"),
    ),
    CatalogueRisk(
        "cyberattack",
        Group.MALICE,
        _("Attack on computers"),
        _("What stops without computers? How long can people work on paper? Where are copies that cannot be reached?"),
    ),
    CatalogueRisk(
        "fire",
        Group.ACCIDENT,
        _("Fire in a building"),
        _(
            "How many people sleep, cannot walk, do not know the building? Are exits free, alarms heard everywhere, drills held?"
        ),
    ),
    CatalogueRisk(
        "gas_leak",
        Group.ACCIDENT,
        _("Gas leak"),
        _(
            "Where do pipes and bottles stand, and who can close them? Is there a detector? What must not be switched on?"
        ),
    ),
    CatalogueRisk(
        "industrial_accident",
        Group.ACCIDENT,
        _("Industrial accident"),
        _("Which plants are near, and what do they hold? Which way does the wind blow? Where can windows be closed?"),
    ),
    CatalogueRisk(
        "dangerous_goods",
        Group.ACCIDENT,
        _("Accident with dangerous goods on a road or railway"),
        _("Which roads, railways and pipelines carry them, and how near do people live or gather?"),
    ),
    CatalogueRisk(
        "building_failure",
        Group.ACCIDENT,
        _("Collapse of a building or structure"),
        _("What was found at the last inspection? What stands for an event only, and who checked it?"),
    ),
    CatalogueRisk(
        "traffic_accident",
        Group.ACCIDENT,
        _("Traffic accident on the site"),
        _("Where do people on foot and vehicles cross? Who manoeuvres, at which hours, and who can see it?"),
    ),
    CatalogueRisk(
        "medical_emergency",
        Group.PEOPLE,
        _("Medical emergency"),
        _("How far is the next defibrillator and first aider? Who lets the ambulance in? Who is known to be frail?"),
    ),
    CatalogueRisk(
        "crowd_crush",
        Group.PEOPLE,
        _("Crowd crush"),
        _("How many people fit, and who counts them? Which passages narrow, slope or end? Who can stop the inflow?"),
    ),
    CatalogueRisk(
        "missing_person",
        Group.PEOPLE,
        _("Missing person"),
        _(
            "Who is in your care, and how soon would an absence be noticed? What is dangerous nearby: water, road, railway?"
        ),
    ),
    CatalogueRisk(
        "epidemic",
        Group.PEOPLE,
        _("Epidemic"),
        _("Which tasks must go on with half of the people? Who is most at risk? What is in stock, for how many days?"),
    ),
    CatalogueRisk(
        "food_or_water",
        Group.PEOPLE,
        _("Bad food or water"),
        _("Who drinks and eats here? Who is told first, and where does other water come from, for how many?"),
    ),
    CatalogueRisk(
        "flood",
        Group.NATURE,
        _("Flood"),
        _("How high did the water come before? What stands below that line? Who warns you, how many hours ahead?"),
    ),
    CatalogueRisk(
        "storm",
        Group.NATURE,
        _("Storm"),
        _("Which trees, tents, cranes and roofs can fall on people? From which wind on do you close, and who decides?"),
    ),
    CatalogueRisk(
        "heat_wave",
        Group.NATURE,
        _("Heat wave"),
        _("Who is frail, alone, or works outside? Which rooms stay cool? Who calls on whom each day?"),
    ),
    CatalogueRisk(
        "cold",
        Group.NATURE,
        _("Snow, ice or great cold"),
        _("Which roads must stay open? Who is without heating, who sleeps outside? Where is there room for the night?"),
    ),
    CatalogueRisk(
        "wildfire",
        Group.NATURE,
        _("Wildfire"),
        _("How near is the vegetation, and is it cut? Which roads lead out? Who is evacuated first?"),
    ),
    CatalogueRisk(
        "landslide",
        Group.NATURE,
        _("Landslide or cave-in"),
        _("Which slopes, cliffs and old workings are known? What moved after heavy rain?"),
    ),
    CatalogueRisk(
        "earthquake",
        Group.NATURE,
        _("Earthquake"),
        _("In which zone of earthquakes do you lie? What falls on people? Where do they meet outside?"),
    ),
    CatalogueRisk(
        "dam_failure",
        Group.NATURE,
        _("Dam failure"),
        _("How soon would the wave come, and how high? Which sirens announce it? Which roads lead up?"),
    ),
    CatalogueRisk(
        "power_loss",
        Group.SUPPLY,
        _("Power loss"),
        _("What stops at once, what after an hour, and who depends on a device? How long does the generator run?"),
    ),
    CatalogueRisk(
        "network_loss",
        Group.SUPPLY,
        _("Loss of telephone or network"),
        _("How is an alarm given without it? Who has a radio, a second operator, a list on paper?"),
    ),
    CatalogueRisk(
        "water_loss",
        Group.SUPPLY,
        _("Loss of drinking water"),
        _("Who needs water first? How many litres a person can be given out, where, from when on?"),
    ),
)


@dataclass(frozen=True, slots=True)
class Template:
    """Risks that a kind of place usually looks at."""

    key: str
    name: Promise
    codes: tuple[str, ...]


def _codes(words: str) -> tuple[str, ...]:
    return tuple(words.split())


TEMPLATES: Final[dict[str, Template]] = {
    one.key: one
    for one in (
        Template(
            "town",
            _("Town (communal safeguard plan)"),
            _codes(
                "flood storm heat_wave cold wildfire landslide earthquake dam_failure industrial_accident "
                "dangerous_goods fire gas_leak crowd_crush attack missing_person epidemic power_loss "
                "network_loss water_loss"
            ),
        ),
        Template(
            "building",
            _("Building open to the public"),
            _codes(
                "fire intrusion attack assault bomb_threat medical_emergency crowd_crush missing_person flood "
                "storm power_loss network_loss"
            ),
        ),
        Template(
            "school",
            _("School or campus"),
            _codes(
                "attack intrusion assault fire gas_leak medical_emergency missing_person industrial_accident "
                "dangerous_goods storm flood power_loss"
            ),
        ),
        Template(
            "event",
            _("Event or gathering"),
            _codes(
                "crowd_crush attack bomb_threat assault medical_emergency missing_person fire building_failure "
                "traffic_accident storm heat_wave power_loss network_loss"
            ),
        ),
        Template(
            "plant",
            _("Workshop or plant"),
            _codes(
                "fire gas_leak industrial_accident dangerous_goods traffic_accident medical_emergency "
                "building_failure intrusion theft flood power_loss cyberattack"
            ),
        ),
    )
}


def name_of(code: str, own_name: str) -> str:
    """What a risk is called, in the active language: its own name, or its code's."""
    risk = RISKS.get(code)
    return own_name if risk is None else str(risk.name)
