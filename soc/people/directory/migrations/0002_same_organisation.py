"""The directory's rows name rows of their own organisation only."""

from django.db import migrations

from soc.people.integrity import same_organisation


class Migration(migrations.Migration):
    dependencies = [("soc_directory", "0001_initial"), ("soc_people", "0001_initial")]

    operations = [
        same_organisation("soc_directory_person", "member_id", "soc_people_member"),
        same_organisation("soc_directory_person", "site_id", "soc_people_site"),
        same_organisation("soc_directory_contactway", "person_id", "soc_directory_person"),
        same_organisation("soc_directory_personprofile", "person_id", "soc_directory_person"),
        same_organisation("soc_directory_personprofile", "profile_id", "soc_directory_profile"),
        same_organisation("soc_directory_listentry", "person_id", "soc_directory_person"),
        same_organisation("soc_directory_listentry", "list_id", "soc_directory_personlist"),
    ]
