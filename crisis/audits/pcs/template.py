"""What a safeguard plan begins with: the usual cells of a command post and reflex sheets, as texts to be made the town's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Text:
    """A cell with its mission, or a sheet with its lines and the catalogue's risk that it answers."""

    title: Promise
    text: Promise
    code: str = ""


CELLS: Final = (
    Text(
        _("Command and decision"),
        _("Advises who directs the rescue, keeps the whole picture, keeps in touch with the prefecture."),
    ),
    Text(
        _("Secretariat and logbook"),
        _("Takes calls, keeps the logbook hour by hour, knows where everybody is."),
    ),
    Text(
        _("Alert and information of people"),
        _("Spreads the alert by every channel, answers the public and the press, checks who was not reached."),
    ),
    Text(
        _("Field"),
        _("Closes roads and places, helps people out, reports what it sees. Nobody goes alone."),
    ),
    Text(
        _("Reception and shelter"),
        _("Opens shelters, registers who comes, sees to food, care and rest, brings families together."),
    ),
    Text(
        _("Logistics"),
        _("Finds and sends vehicles, barriers, generators, water; keeps account of what is lent and spent."),
    ),
)

SHEETS: Final = (
    Text(
        _("First hour"),
        _(
            "1. Write down who called, when, what, where.\n"
            "2. Call the emergency services if nobody has.\n"
            "3. Tell who directs the rescue, or the next deputy.\n"
            "4. Open the logbook.\n"
            "5. Set up the command post; call in its cells.\n"
            "6. Tell the prefecture.\n"
            "7. Decide whether people are alerted, and how."
        ),
    ),
    Text(
        _("Alerting people"),
        _(
            "1. Who directs the rescue decides the words and the area.\n"
            "2. Alert by every channel at once.\n"
            "3. Call, or send somebody to, who cannot hear or read it.\n"
            "4. Note who was not reached, and try another way.\n"
            "5. Repeat until the end, and announce the end."
        ),
    ),
    Text(
        _("Evacuating"),
        _(
            "1. Draw the area and the way out; check that the way is safe.\n"
            "2. Open the shelters before people are sent there.\n"
            "3. Go from door to door; mark doors that were seen.\n"
            "4. Fetch who cannot walk first.\n"
            "5. Count at the shelter, and name who is missing."
        ),
    ),
    Text(
        _("Flood"),
        _(
            "1. Read the level and the forecast; note both each hour.\n"
            "2. Close low roads and underground car parks.\n"
            "3. Warn who lives below the known line, the frail first.\n"
            "4. Cut power and gas where water comes in.\n"
            "5. Evacuate before the roads are under water."
        ),
        "flood",
    ),
    Text(
        _("Heat wave"),
        _(
            "1. Open the cool rooms, and say when and where.\n"
            "2. Call each person of the register daily; visit who does not answer.\n"
            "3. Give out water where people wait or work outside.\n"
            "4. Move or cancel events in the heat of the day."
        ),
        "heat_wave",
    ),
    Text(
        _("Industrial accident"),
        _(
            "1. People go indoors, close windows, stop ventilation, do not fetch children from school.\n"
            "2. Close roads up the wind's way, together with the police.\n"
            "3. Listen to the prefecture: it directs.\n"
            "4. Do not evacuate unless it says so."
        ),
        "industrial_accident",
    ),
    Text(
        _("Power loss"),
        _(
            "1. Ask the grid operator for how long.\n"
            "2. Visit who depends on a device.\n"
            "3. Keep the command post, a shelter and one telephone alive with a generator.\n"
            "4. Set up a place where people find news on paper."
        ),
        "power_loss",
    ),
)
