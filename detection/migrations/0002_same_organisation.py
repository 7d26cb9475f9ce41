"""The database itself refuses a row that names something of another organisation."""

from django.db import migrations

from soc.people.integrity import same_organisation


class Migration(migrations.Migration):
    dependencies = [("detection", "0001_initial")]

    operations = [
        same_organisation("detection_camera", "site_id", "soc_people_site"),
        same_organisation("detection_zone", "camera_id", "detection_camera"),
        same_organisation("detection_line", "camera_id", "detection_camera"),
        same_organisation("detection_lease", "camera_id", "detection_camera"),
        same_organisation("detection_camerastatus", "camera_id", "detection_camera"),
    ]
