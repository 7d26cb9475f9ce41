"""When a camera that is down is tried again."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("detection", "0004_load"),
    ]

    operations = [
        migrations.AddField(
            model_name="camerastatus",
            name="next_try",
            field=models.DateTimeField(help_text="When a camera that is down is tried again.", null=True),
        ),
    ]
