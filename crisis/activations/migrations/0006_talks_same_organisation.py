"""Who speaks live, and where, is of the row's own organisation."""

from django.db import migrations

from soc.people.integrity import same_organisation

_TALK = "crisis_activations_talk"


class Migration(migrations.Migration):
    dependencies = [("crisis_activations", "0005_recordings_and_talks")]

    operations = [
        same_organisation(_TALK, "activation_id", "crisis_activations_activation"),
        same_organisation(_TALK, "member_id", "soc_people_member"),
    ]
