"""Answers: false alarms by reason, who saw an alert, times within which it must be taken, and where the words it is found by are kept."""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

import soc.clock
from soc.people.integrity import same_organisation


class Migration(migrations.Migration):
    dependencies = [
        ("alerts", "0005_first_versions"),
        ("detection", "0002_same_organisation"),
        ("soc_people", "0002_same_organisation"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AlertSighting",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(default=soc.clock.now)),
            ],
            options={
                "ordering": ["at", "id"],
            },
        ),
        migrations.CreateModel(
            name="AlertWords",
            fields=[
                (
                    "alert",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="words",
                        serialize=False,
                        to="alerts.alert",
                    ),
                ),
                ("words", django.contrib.postgres.search.SearchVectorField()),
            ],
        ),
        migrations.CreateModel(
            name="TakeTimes",
            fields=[
                (
                    "organisation",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="soc_people.organisation",
                    ),
                ),
                ("critical_s", models.PositiveIntegerField(null=True)),
                ("high_s", models.PositiveIntegerField(null=True)),
                ("medium_s", models.PositiveIntegerField(null=True)),
                ("low_s", models.PositiveIntegerField(null=True)),
                ("version", models.PositiveIntegerField(default=1)),
            ],
        ),
        migrations.AddField(
            model_name="alert",
            name="escalated_at",
            field=models.DateTimeField(blank=True, help_text="When it went to the supervisor.", null=True),
        ),
        migrations.AddField(
            model_name="alert",
            name="false_alarm_reason",
            field=models.CharField(
                blank=True,
                choices=[
                    ("weather", "weather or light"),
                    ("animal", "an animal"),
                    ("shadow", "a shadow or reflection"),
                    ("authorised", "an authorised person"),
                    ("wrong_zone", "the zone is drawn wrongly"),
                    ("test", "a test"),
                    ("other", "something else"),
                ],
                max_length=16,
            ),
        ),
        migrations.AddField(
            model_name="alert",
            name="take_by",
            field=models.DateTimeField(blank=True, help_text="When it goes to the supervisor; null: never.", null=True),
        ),
        migrations.AddField(
            model_name="alert",
            name="urgency",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.Case(
                    models.When(
                        state="open",
                        then=django.db.models.expressions.CombinedExpression(
                            models.Value(1), "+", models.F("severity")
                        ),
                    ),
                    models.When(state="acknowledged", then=models.Value(1)),
                    default=models.Value(0),
                ),
                output_field=models.SmallIntegerField(),
            ),
        ),
        migrations.AddField(
            model_name="recording",
            name="began_at",
            field=models.DateTimeField(
                blank=True, help_text="Of a clip: when its first frame was captured.", null=True
            ),
        ),
        migrations.AddField(
            model_name="recording",
            name="frames",
            field=models.JSONField(
                default=list, help_text="Of a clip: when each frame is shown, in ms from its start."
            ),
        ),
        migrations.AlterField(
            model_name="alertlog",
            name="kind",
            field=models.CharField(
                choices=[
                    ("raised", "raised"),
                    ("acknowledged", "acknowledged"),
                    ("assigned", "assigned"),
                    ("commented", "commented"),
                    ("resolved", "resolved"),
                    ("false_alarm", "marked as a false alarm"),
                    ("ended", "situation ended"),
                    ("escalated", "nobody took it in time"),
                ],
                max_length=16,
            ),
        ),
        migrations.AddIndex(
            model_name="alert",
            index=models.Index(fields=["organisation", "-urgency", "-captured_at", "-id"], name="alerts_by_urgency"),
        ),
        migrations.AddIndex(
            model_name="alert",
            index=models.Index(
                condition=models.Q(("escalated_at__isnull", True), ("state", "open")),
                fields=["take_by"],
                name="alerts_to_be_taken",
            ),
        ),
        migrations.AddField(
            model_name="alertsighting",
            name="alert",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="sightings", to="alerts.alert"
            ),
        ),
        migrations.AddField(
            model_name="alertsighting",
            name="member",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="alertsighting",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="soc_people.organisation"
            ),
        ),
        migrations.AddField(
            model_name="alertwords",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="soc_people.organisation"
            ),
        ),
        migrations.AddConstraint(
            model_name="alertsighting",
            constraint=models.UniqueConstraint(fields=("alert", "member"), name="alerts_seen_once"),
        ),
        migrations.AddIndex(
            model_name="alertwords",
            index=django.contrib.postgres.indexes.GinIndex(fields=["words"], name="alerts_words"),
        ),
        same_organisation("alerts_alertsighting", "alert_id", "alerts_alert"),
        same_organisation("alerts_alertsighting", "member_id", "soc_people_member"),
        same_organisation("alerts_alertwords", "alert_id", "alerts_alert"),
    ]
