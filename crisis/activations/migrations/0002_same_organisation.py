"""Activations' rows name rows of their own organisation only; what happened is not written over."""

from django.db import migrations

from soc.people.integrity import same_organisation

_ACTIVATION = "crisis_activations_activation"
_KEPT = """
CREATE FUNCTION crisis_activations_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'What happened in an activation is not changed.' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER crisis_activations_keep_events BEFORE UPDATE OR DELETE ON crisis_activations_activationevent
    FOR EACH ROW EXECUTE FUNCTION crisis_activations_keep();
"""
_UNDONE = """
DROP TRIGGER crisis_activations_keep_events ON crisis_activations_activationevent;
DROP FUNCTION crisis_activations_keep();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("crisis_activations", "0001_initial"),
        ("crisis_plans", "0002_four_eyes"),
        ("alerts_deliveries", "0002_same_organisation"),
        ("alerts_logbook", "0003_entries"),
        ("crisis_devices", "0002_same_organisation"),
        ("soc_directory", "0002_same_organisation"),
    ]

    operations = [
        same_organisation(_ACTIVATION, "site_id", "soc_people_site"),
        same_organisation(_ACTIVATION, "plan_id", "crisis_plans_plan"),
        same_organisation(_ACTIVATION, "plan_version_id", "crisis_plans_planversion"),
        same_organisation(_ACTIVATION, "alert_id", "alerts_alert"),
        same_organisation(_ACTIVATION, "started_by_id", "soc_people_member"),
        same_organisation(_ACTIVATION, "director_id", "soc_people_member"),
        same_organisation(_ACTIVATION, "deputy_id", "soc_people_member"),
        same_organisation(_ACTIVATION, "verified_by_id", "soc_people_member"),
        same_organisation(_ACTIVATION, "ended_by_id", "soc_people_member"),
        *(
            same_organisation(f"crisis_activations_{table}", "activation_id", _ACTIVATION)
            for table in (
                "participant",
                "steprun",
                "telling",
                "instruction",
                "helpcall",
                "activationevent",
                "startintent",
                "stir",
            )
        ),
        same_organisation("crisis_activations_participant", "person_id", "soc_directory_person"),
        same_organisation("crisis_activations_participant", "member_id", "soc_people_member"),
        same_organisation("crisis_activations_steprun", "forced_by_id", "soc_people_member"),
        same_organisation("crisis_activations_steprun", "script_run_id", "crisis_devices_scriptrun"),
        same_organisation("crisis_activations_stepperson", "step_id", "crisis_activations_steprun"),
        same_organisation("crisis_activations_stepperson", "participant_id", "crisis_activations_participant"),
        same_organisation("crisis_activations_telling", "step_id", "crisis_activations_steprun"),
        same_organisation("crisis_activations_telling", "message_id", "alerts_deliveries_message"),
        same_organisation("crisis_activations_instruction", "step_id", "crisis_activations_steprun"),
        same_organisation("crisis_activations_instruction", "given_by_id", "soc_people_member"),
        same_organisation("crisis_activations_helpcall", "participant_id", "crisis_activations_participant"),
        same_organisation("crisis_activations_helpanswer", "call_id", "crisis_activations_helpcall"),
        same_organisation("crisis_activations_helpanswer", "answer_id", "alerts_deliveries_answer"),
        same_organisation("crisis_activations_taskdone", "step_id", "crisis_activations_steprun"),
        same_organisation("crisis_activations_taskdone", "by_id", "soc_people_member"),
        same_organisation("crisis_activations_activationevent", "member_id", "soc_people_member"),
        same_organisation("crisis_activations_activationevent", "step_id", "crisis_activations_steprun"),
        same_organisation("crisis_activations_activationevent", "participant_id", "crisis_activations_participant"),
        same_organisation("crisis_activations_activationevent", "entry_id", "alerts_logbook_logbookentry"),
        same_organisation("crisis_activations_startintent", "plan_id", "crisis_plans_plan"),
        same_organisation("crisis_activations_startintent", "member_id", "soc_people_member"),
        same_organisation("crisis_activations_startintent", "alert_id", "alerts_alert"),
        migrations.RunSQL(_KEPT, _UNDONE),
    ]
