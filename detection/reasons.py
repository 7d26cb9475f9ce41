"""Why a camera gives no picture: codes kept in the database, sentences rendered in the reader's language."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Reason(models.TextChoices):
    """What is wrong with a source or a watch. The sentences say what happened and what to do."""

    UNREACHABLE = (
        "unreachable",
        _("The camera does not answer at this address. Check that it is on and that the address is right."),
    )
    REFUSED = "refused", _("The camera refused the connection. Check the port.")
    WRONG_PASSWORD = "wrong_password", _("The camera refused the user name or password. Enter them again.")
    NOT_FOUND = "not_found", _("The camera answers, but has no stream at this path. Check the path in its manual.")
    NO_VIDEO = "no_video", _("There is no video at this address.")
    BAD_SIZE = "bad_size", _("The video's size is not usable. It must be between 64 and 7,680 pixels wide and high.")
    CORRUPT = "corrupt", _("The video is damaged: no picture could be read from it.")
    FROZEN = "frozen", _("The camera is connected but sends no new picture.")
    ENDED = "ended", _("The camera closed the stream.")
    NOT_ALLOWED_NETWORK = (
        "not_allowed_network",
        _("This address lies outside the networks in which cameras are allowed. Ask the operator to add its network."),
    )
    NOT_ALLOWED_ADDRESS = "not_allowed_address", _("This kind of address is not allowed.")
    CREDENTIALS_IN_ADDRESS = (
        "credentials_in_address",
        _("Do not write the user name and password into the address: enter them in their own fields."),
    )
    UNTRUSTED = (
        "untrusted",
        _(
            "The camera's certificate is not trusted here. Install a trusted one, or use http inside the camera network."
        ),
    )
    REDIRECT = (
        "redirect",
        _("The camera sends on to another address, which is not followed. Enter that address itself."),
    )
    NO_SUCH_FILE = "no_such_file", _("There is no such file in the operator's footage folder.")
    NO_ROOM = "no_room", _("No watcher has room for this camera. Start another watcher or watch fewer cameras.")
    NO_WATCHER = (
        "no_watcher",
        _("No watcher is running. Wait a few seconds for one to start; if none does, ask the operator."),
    )
    WATCH_ENDED = (
        "watch_ended",
        _("Nobody watched it: its watcher ended or died, and no other had taken it yet."),
    )
    NOT_LAWFUL = "not_lawful", _("This camera cannot be watched before the facts that the law asks for are complete.")
    DISABLED = "disabled", _("This camera is switched off.")
    CREDENTIALS_UNREADABLE = (
        "credentials_unreadable",
        _(
            "The camera's user name and password cannot be read any more: the operator's key has changed. "
            "Enter them again, or restore VIGIE_CREDENTIAL_KEY."
        ),
    )
    ENGINE = "engine", _("The watcher's model could not be loaded. See the watcher's log.")
