"""A rule's versions, who asked for a trial, and what lay outside the hours of one."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import soc.clock
from soc.people.integrity import same_organisation


class Migration(migrations.Migration):
    dependencies = [
        ("alerts", "0003_not_closed"),
        ("detection", "0002_same_organisation"),
        ("soc_people", "0003_site_position"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="RuleVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField()),
                ("at", models.DateTimeField(default=soc.clock.now)),
                ("written", models.JSONField(help_text="The fields of alerts.rule_services.RuleDraft.")),
                (
                    "area_name",
                    models.CharField(blank=True, help_text="The zone or line, as it was; empty: all.", max_length=120),
                ),
                ("expires_at", models.DateTimeField()),
                ("renewed", models.BooleanField(default=False)),
                (
                    "restored",
                    models.PositiveIntegerField(help_text="The version that this one went back to.", null=True),
                ),
                ("reason", models.CharField(blank=True, help_text="Why the system did it, a code.", max_length=32)),
                ("comment", models.CharField(blank=True, max_length=255)),
            ],
            options={
                "ordering": ["-version"],
            },
        ),
        migrations.AddField(
            model_name="ruletrial",
            name="asked_by",
            field=models.ForeignKey(
                help_text="Whose next question replaces this one.",
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="ruletrial",
            name="outside",
            field=models.JSONField(default=list, help_text="When it would have but for its hours, ISO 8601."),
        ),
        migrations.AddIndex(
            model_name="alert",
            index=models.Index(fields=["rule", "-captured_at"], name="alerts_of_a_rule"),
        ),
        migrations.AddField(
            model_name="ruleversion",
            name="member",
            field=models.ForeignKey(
                help_text="Null: the system.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="ruleversion",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="soc_people.organisation"
            ),
        ),
        migrations.AddField(
            model_name="ruleversion",
            name="rule",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="versions", to="alerts.rule"
            ),
        ),
        migrations.AddConstraint(
            model_name="ruleversion",
            constraint=models.UniqueConstraint(fields=("rule", "version"), name="alerts_rule_version_once"),
        ),
        same_organisation("alerts_ruleversion", "rule_id", "alerts_rule"),
        same_organisation("alerts_ruleversion", "member_id", "soc_people_member"),
        same_organisation("alerts_ruletrial", "asked_by_id", "soc_people_member"),
    ]
