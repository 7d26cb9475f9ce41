"""Schedules name rows of their own organisation only."""

from django.db import migrations

from soc.people.integrity import same_organisation


class Migration(migrations.Migration):
    dependencies = [("soc_on_call", "0001_initial"), ("soc_people", "0001_initial")]

    operations = [same_organisation("soc_on_call_schedule", "site_id", "soc_people_site")]
