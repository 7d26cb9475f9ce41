"""The database itself refuses a row that names something of another organisation."""

from django.db import migrations

from soc.people.integrity import same_organisation


class Migration(migrations.Migration):
    dependencies = [("alerts", "0001_initial")]

    operations = [
        same_organisation("alerts_rule", "camera_id", "detection_camera"),
        same_organisation("alerts_rule", "zone_id", "detection_zone"),
        same_organisation("alerts_rule", "line_id", "detection_line"),
        same_organisation("alerts_alert", "site_id", "soc_people_site"),
        same_organisation("alerts_alert", "camera_id", "detection_camera"),
        same_organisation("alerts_alert", "rule_id", "alerts_rule"),
        same_organisation("alerts_alert", "assigned_to_id", "soc_people_member"),
        same_organisation("alerts_alert", "acknowledged_by_id", "soc_people_member"),
        same_organisation("alerts_alert", "closed_by_id", "soc_people_member"),
        same_organisation("alerts_alertlog", "alert_id", "alerts_alert"),
        same_organisation("alerts_alertlog", "member_id", "soc_people_member"),
        same_organisation("alerts_alertlog", "to_member_id", "soc_people_member"),
        same_organisation("alerts_recording", "alert_id", "alerts_alert"),
        same_organisation("alerts_ruletrialhit", "rule_id", "alerts_rule"),
        same_organisation("alerts_ruletrial", "camera_id", "detection_camera"),
        same_organisation("alerts_ruletrial", "zone_id", "detection_zone"),
        same_organisation("alerts_ruletrial", "line_id", "detection_line"),
    ]
