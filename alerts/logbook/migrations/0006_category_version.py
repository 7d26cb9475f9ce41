"""Two people who edit a category at once are told."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("alerts_logbook", "0005_handovers")]

    operations = [
        migrations.AddField(
            model_name="category",
            name="version",
            field=models.PositiveIntegerField(
                default=1, help_text="Counts changes, so that two people editing are told."
            ),
        ),
    ]
