"""The database itself refuses a wall whose owner, or a place whose camera, is of another organisation."""

from django.db import migrations

from soc.people.integrity import same_organisation


class Migration(migrations.Migration):
    dependencies = [("detection_walls", "0001_initial")]

    operations = [
        same_organisation("detection_walls_wall", "owner_id", "soc_people_member"),
        same_organisation("detection_walls_place", "wall_id", "detection_walls_wall"),
        same_organisation("detection_walls_place", "camera_id", "detection_camera"),
    ]
