"""The columns of a table of cameras, which `soc.csv_tables` reads.

table = read(b"\\xef\\xbb\\xbfNom;Adresse\\r\\nParvis;rtsp://192.168.1.20/live\\r\\n")
table.rows[0].cells    # {Column.NAME: "Parvis", Column.ADDRESS: "rtsp://192.168.1.20/live"}
"""

from __future__ import annotations

from enum import Enum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from soc import csv_tables
from soc.csv_tables import Columns, Row, Table, plain

__all__ = ["MOST_ROWS", "Column", "Row", "Table", "plain", "read"]

MOST_ROWS = 2000


class Column(Enum):
    """A column: the field of a camera that it fills, and its name, which is also read in every language."""

    NAME = ("name", _("Name"))
    SITE = ("site", _("Site"))
    SOURCE = ("source", _("Kind of source"))
    ADDRESS = ("address", _("Address"))
    USER_NAME = ("user_name", _("User name"))
    PASSWORD = ("password", _("Password"))
    PLACE = ("place", _("Kind of place"))
    PURPOSE = ("purpose", _("Purpose"))
    LEGAL_BASIS = ("legal_basis", _("Legal basis"))
    AUTHORISATION = ("authorisation", _("Authorisation number"))
    AUTHORISED_UNTIL = ("authorised_until", _("Authorised until"))
    NOTICE = ("notice_displayed", _("Notice displayed"))
    RATE = ("frames_per_second", _("Frames a second"))
    SIZE = ("analysis_size", _("Analysis size"))
    RETENTION = ("retention_days", _("Retention in days"))
    ENABLED = ("enabled", _("Watch"))

    def __init__(self, field: str, title: Promise) -> None:
        self.field = field
        self.title = title


_ALSO: dict[Column, str] = {
    Column.NAME: "camera, camera name, caméra, nom de la caméra, libellé",
    Column.SITE: "lieu-dit, établissement, building, bâtiment",
    Column.SOURCE: "source, type, kind",
    Column.ADDRESS: "url, uri, rtsp, stream, flux, file, fichier",
    Column.USER_NAME: "user, username, login, utilisateur, identifiant",
    Column.PASSWORD: "pass, pwd, mdp",
    Column.PLACE: "place, lieu",
    Column.AUTHORISATION: "authorisation, authorization, autorisation, numéro d'autorisation",
    Column.AUTHORISED_UNTIL: "valid until, expires, échéance, expiration",
    Column.NOTICE: "notice, sign, panneau, affiche",
    Column.RATE: "fps, images par seconde, frames per second",
    Column.SIZE: "size, taille",
    Column.RETENTION: "retention, conservation, days, jours",
    Column.ENABLED: "enabled, on, active, activée",
}
"""Other names under which lists of cameras have these columns."""

_COLUMNS = Columns(
    tuple(Column),
    needed=(Column.NAME, Column.ADDRESS),
    also=_ALSO,
    untrimmed=frozenset([Column.PASSWORD]),  # it may begin or end with a space; nothing else means one
    most_rows=MOST_ROWS,
)


def read(content: bytes) -> Table[Column]:
    """Read a table of cameras.

    Raises:
        Refusal: it is none; the sentence says why.
    """
    return csv_tables.read(content, _COLUMNS)
