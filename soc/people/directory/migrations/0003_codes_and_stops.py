"""Names by which people are found, erased people, codes to verify a way, and numbers that want no SMS."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from soc.people.integrity import same_organisation


class Migration(migrations.Migration):
    dependencies = [
        ("soc_directory", "0002_same_organisation"),
        ("soc_people", "0005_ways_in_same_organisation"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="StoppedNumber",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.CharField(editable=False, max_length=64)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="WayCode",
            fields=[
                (
                    "way",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="code",
                        serialize=False,
                        to="soc_directory.contactway",
                    ),
                ),
                ("digest", models.CharField(editable=False, max_length=64)),
                ("asked_at", models.DateTimeField()),
                ("tries", models.PositiveSmallIntegerField(default=0, help_text="Wrong codes that were entered.")),
            ],
        ),
        migrations.AddField(
            model_name="person",
            name="erased_at",
            field=models.DateTimeField(
                blank=True,
                editable=False,
                help_text="Since when nothing says who this was; also removed then.",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="person",
            name="folded_name",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.Func(
                    models.Func(
                        models.Func(models.F("display_name"), template="normalize(%(expressions)s, NFKD)"),
                        models.Value("[\\u0300-\\u036f]"),
                        models.Value(""),
                        models.Value("g"),
                        function="regexp_replace",
                    ),
                    function="lower",
                    output_field=models.TextField(),
                ),
                help_text="By which people are sorted and found.",
                output_field=models.TextField(),
            ),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(fields=["organisation", "folded_name", "id"], name="directory_people_by_name"),
        ),
        migrations.AddConstraint(
            model_name="person",
            constraint=models.CheckConstraint(
                condition=models.Q(("erased_at", None), ("removed_at__isnull", False), _connector="OR"),
                name="directory_erased_is_removed",
            ),
        ),
        migrations.AddField(
            model_name="stoppednumber",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="soc_people.organisation"
            ),
        ),
        migrations.AddField(
            model_name="waycode",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="soc_people.organisation"
            ),
        ),
        migrations.AddConstraint(
            model_name="stoppednumber",
            constraint=models.UniqueConstraint(fields=("organisation", "digest"), name="directory_number_stopped_once"),
        ),
        same_organisation("soc_directory_waycode", "way_id", "soc_directory_contactway"),
    ]
