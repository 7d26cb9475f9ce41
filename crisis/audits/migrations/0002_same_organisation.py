"""The database itself refuses a row that names something of another organisation."""

from django.db import migrations

from soc.people.integrity import same_organisation

_MEMBER, _SITE, _PERSON = "soc_people_member", "soc_people_site", "soc_directory_person"
_AUDIT, _RISK, _PLAN = "crisis_audits_riskaudit", "crisis_audits_auditedrisk", "crisis_audits_safeguardplan"
_NAMED = {
    "auditedsite": {"site_id": _SITE},
    "riskaudit": {
        "site_id": _SITE,
        "previous_id": _AUDIT,
        "author_id": _MEMBER,
        "last_editor_id": _MEMBER,
        "submitted_by_id": _MEMBER,
        "reviewer_id": _MEMBER,
        "approver_id": _MEMBER,
        "withdrawn_by_id": _MEMBER,
    },
    "auditeditor": {"audit_id": _AUDIT, "member_id": _MEMBER},
    "auditremark": {"audit_id": _AUDIT, "member_id": _MEMBER},
    "auditreminder": {"audit_id": _AUDIT},
    "auditedrisk": {"audit_id": _AUDIT, "responsible_member_id": _MEMBER, "responsible_person_id": _PERSON},
    "measure": {"risk_id": _RISK, "responsible_member_id": _MEMBER, "responsible_person_id": _PERSON},
    "measureprogress": {"measure_id": "crisis_audits_measure", "member_id": _MEMBER},
    "protection": {"risk_id": _RISK, "camera_id": "detection_camera", "schedule_id": "soc_on_call_schedule"},
    "protectiontest": {"protection_id": "crisis_audits_protection", "member_id": _MEMBER},
    "riskrule": {"site_id": _SITE, "rule_id": "alerts_rule"},
    "keptcontradiction": {"site_id": _SITE, "member_id": _MEMBER},
    "safeguardplan": {"site_id": _SITE},
    "director": {"plan_id": _PLAN, "person_id": _PERSON},
    "commandcell": {"plan_id": _PLAN},
    "cellpost": {"cell_id": "crisis_audits_commandcell", "person_id": _PERSON},
    "reflexsheet": {"plan_id": _PLAN},
    "shelter": {"plan_id": _PLAN, "contact_id": _PERSON},
    "volunteer": {"plan_id": _PLAN, "person_id": _PERSON},
    "vulnerableperson": {"plan_id": _PLAN},
    "pcsexercise": {"plan_id": _PLAN, "member_id": _MEMBER},
}


class Migration(migrations.Migration):
    dependencies = [
        ("crisis_audits", "0001_initial"),
        ("alerts", "0002_same_organisation"),
        ("soc_people", "0005_ways_in_same_organisation"),
        ("soc_directory", "0002_same_organisation"),
        ("soc_on_call", "0002_same_organisation"),
    ]

    operations = [
        same_organisation(f"crisis_audits_{table}", column, parent)
        for table, columns in _NAMED.items()
        for column, parent in columns.items()
    ]
