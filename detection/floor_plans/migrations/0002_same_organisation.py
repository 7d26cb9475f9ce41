"""The database itself refuses a row that names something of another organisation."""

from django.db import migrations

from soc.people.integrity import same_organisation


class Migration(migrations.Migration):
    dependencies = [("detection_floor_plans", "0001_initial"), ("detection", "0002_same_organisation")]

    operations = [
        same_organisation("detection_floor_plans_floorplan", "site_id", "soc_people_site"),
        same_organisation("detection_floor_plans_placedcamera", "plan_id", "detection_floor_plans_floorplan"),
        same_organisation("detection_floor_plans_placedcamera", "camera_id", "detection_camera"),
        same_organisation("detection_floor_plans_planarea", "plan_id", "detection_floor_plans_floorplan"),
        same_organisation("detection_floor_plans_planarea", "zone_id", "detection_zone"),
    ]
