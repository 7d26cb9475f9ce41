"""The few e-mails about accounts: a link to get in, and word that a way in changed. Only where a mail server is set up.

They are a convenience, never the only way: every link is also shown to who made it. A server that is away is logged, and told by
the `False` that comes back.
"""

from __future__ import annotations

import smtplib

import structlog
from django.conf import settings
from django.core.mail import send_mail
from django.utils import translation
from django.utils.translation import gettext as _

from soc.people.models import Invitation, Member

log = structlog.get_logger()


def send_invitation(invitation: Invitation, address: str) -> bool:
    """Send the link to who was invited, in the language of the invitation; whether it went out."""
    with translation.override(invitation.language):
        subject = _("You are invited to Vigie by %(organisation)s") % {"organisation": invitation.organisation.name}
        text = _(
            "Hello %(name)s,\n\n%(organisation)s invites you to its control room. Open this address within 7 days "
            "to choose a name and a way to sign in. It works once, for you alone:\n\n%(address)s\n"
        ) % {"name": invitation.display_name, "organisation": invitation.organisation.name, "address": address}
    return _send(invitation.email, subject, text)


def send_reset_link(member: Member, address: str) -> bool:
    """Send a member the link to sign in anew; whether it went out."""
    with translation.override(member.language):
        subject = _("A new way to sign in to Vigie")
        text = _(
            "Hello %(name)s,\n\nan administrator made this address for you, by which you choose a new way to sign in. "
            "It works once, within a day:\n\n%(address)s\n"
        ) % {"name": member.display_name, "address": address}
    return _send(member.email, subject, text)


def tell_account_changed(member: Member) -> bool:
    """Tell a member that a way into the account was changed; whether it went out."""
    with translation.override(member.language):
        subject = _("A way to sign in to your Vigie account was changed")
        text = _(
            "Hello %(name)s,\n\na way to sign in to your account %(account)s was added, changed or removed. Your profile "
            "says which, and when. If it was not you, tell an administrator at once.\n"
        ) % {"name": member.display_name, "account": member.name}
    return _send(member.email, subject, text)


def _send(to: str, subject: str, text: str) -> bool:
    if not settings.EMAIL_HOST or not to:
        return False
    try:
        return send_mail(subject, text, None, [to]) == 1
    except (smtplib.SMTPException, OSError) as failure:
        log.warning("mail.not_sent", failure=type(failure).__name__)
        return False
