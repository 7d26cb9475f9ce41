"""Notices' rows name rows of their own organisation only."""

from django.db import migrations

from soc.people.integrity import same_organisation


class Migration(migrations.Migration):
    dependencies = [
        ("alerts_deliveries", "0003_notices_and_limits"),
        ("alerts", "0007_words"),
        ("soc_directory", "0002_same_organisation"),
        ("soc_on_call", "0002_same_organisation"),
    ]

    operations = [
        same_organisation("alerts_deliveries_alertnotice", "rule_id", "alerts_rule"),
        same_organisation("alerts_deliveries_alertnotice", "schedule_id", "soc_on_call_schedule"),
        same_organisation("alerts_deliveries_alertnotice", "profile_id", "soc_directory_profile"),
        same_organisation("alerts_deliveries_alertnotice", "person_list_id", "soc_directory_personlist"),
        same_organisation("alerts_deliveries_noticeperson", "notice_id", "alerts_deliveries_alertnotice"),
        same_organisation("alerts_deliveries_noticeperson", "person_id", "soc_directory_person"),
        same_organisation("alerts_deliveries_noticerun", "notice_id", "alerts_deliveries_alertnotice"),
        same_organisation("alerts_deliveries_noticerun", "alert_id", "alerts_alert"),
        same_organisation("alerts_deliveries_noticerun", "message_id", "alerts_deliveries_message"),
    ]
