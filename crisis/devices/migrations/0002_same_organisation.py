"""The database itself refuses a row that names something of another organisation."""

from django.db import migrations

from soc.people.integrity import same_organisation


class Migration(migrations.Migration):
    dependencies = [("crisis_devices", "0001_initial")]

    operations = [
        same_organisation("crisis_devices_connection", "site_id", "soc_people_site"),
        same_organisation("crisis_devices_device", "site_id", "soc_people_site"),
        same_organisation("crisis_devices_device", "connection_id", "crisis_devices_connection"),
        same_organisation("crisis_devices_script", "site_id", "soc_people_site"),
        same_organisation("crisis_devices_scriptrun", "site_id", "soc_people_site"),
        same_organisation("crisis_devices_scriptrun", "script_id", "crisis_devices_script"),
        same_organisation("crisis_devices_scriptrun", "actor_id", "soc_people_member"),
        same_organisation("crisis_devices_steprun", "run_id", "crisis_devices_scriptrun"),
        same_organisation("crisis_devices_steprun", "device_id", "crisis_devices_device"),
        same_organisation("crisis_devices_actionrun", "run_id", "crisis_devices_scriptrun"),
        same_organisation("crisis_devices_actionrun", "step_id", "crisis_devices_steprun"),
        same_organisation("crisis_devices_actionrun", "device_id", "crisis_devices_device"),
    ]
