"""What the audits' codes are called in the journal."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from crisis.audits.catalogue import RISKS, TEMPLATES
from crisis.audits.models import AuditState, ContradictionKind, MeasureState, ProtectionKind
from crisis.audits.pcs.models import ExerciseKind
from soc.journal.vocabulary import register_codes


def name_codes() -> None:
    """Tell the journal, so that an auditor reads no name of the program's."""
    register_codes("code", {code: risk.name for code, risk in RISKS.items()})
    register_codes("template", {key: template.name for key, template in TEMPLATES.items()})
    register_codes("origin", {"empty": _("nothing"), "template": _("a template"), "copy": _("the version before")})
    register_codes("was", dict(AuditState.choices))
    register_codes("refusal", {"own_work_author": _("its author"), "own_work_editor": _("one of its editors")})
    register_codes("contradiction", dict(ContradictionKind.choices))
    register_codes("measure_state", dict(MeasureState.choices))
    register_codes("protection_kind", dict(ProtectionKind.choices))
    register_codes("exercise", dict(ExerciseKind.choices))
