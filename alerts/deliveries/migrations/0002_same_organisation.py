"""The outbox's rows name rows of their own organisation only."""

from django.db import migrations

from soc.people.integrity import same_organisation


class Migration(migrations.Migration):
    dependencies = [
        ("alerts_deliveries", "0001_initial"),
        ("soc_directory", "0002_same_organisation"),
        ("soc_people", "0001_initial"),
    ]

    operations = [
        same_organisation("alerts_deliveries_message", "site_id", "soc_people_site"),
        same_organisation("alerts_deliveries_delivery", "message_id", "alerts_deliveries_message"),
        same_organisation("alerts_deliveries_delivery", "person_id", "soc_directory_person"),
        same_organisation("alerts_deliveries_attempt", "delivery_id", "alerts_deliveries_delivery"),
        same_organisation("alerts_deliveries_answer", "message_id", "alerts_deliveries_message"),
        same_organisation("alerts_deliveries_answer", "person_id", "soc_directory_person"),
        same_organisation("alerts_deliveries_answer", "taken_down_by_id", "soc_people_member"),
        same_organisation("alerts_deliveries_incoming", "settled_by_id", "soc_people_member"),
        same_organisation("alerts_deliveries_incoming", "answer_id", "alerts_deliveries_answer"),
    ]
