"""Handovers. What was signed is never changed: the database refuses it, as it does for entries."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import soc.clock
from soc.people.integrity import same_organisation

_TABLE = "alerts_logbook_handover"
_REFUSE = """
CREATE FUNCTION alerts_logbook_handover_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.taken_at IS NULL AND OLD.withdrawn_at IS NULL AND
        (OLD.id, OLD.organisation_id, OLD.site_id, OLD.shift_id, OLD.entry_id, OLD.summary, OLD.digest, OLD.given_at)
        IS NOT DISTINCT FROM
        (NEW.id, NEW.organisation_id, NEW.site_id, NEW.shift_id, NEW.entry_id, NEW.summary, NEW.digest, NEW.given_at)
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'The logbook is append-only, and what was signed is never changed: % of % is refused.', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$
"""


class Migration(migrations.Migration):
    dependencies = [
        ("alerts_logbook", "0004_append_only"),
        ("soc_people", "0005_ways_in_same_organisation"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Handover",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "summary",
                    models.JSONField(
                        help_text="What stood open at the first signature: `alerts.logbook.handover.summary`."
                    ),
                ),
                (
                    "digest",
                    models.CharField(
                        help_text="SHA-256 over the summary and the digest of the entry's words.", max_length=64
                    ),
                ),
                ("given_at", models.DateTimeField(default=soc.clock.now, help_text="When who leaves signed.")),
                ("taken_at", models.DateTimeField(blank=True, null=True)),
                (
                    "taken_here",
                    models.BooleanField(default=False, help_text="Signed on the screen of who leaves."),
                ),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                (
                    "entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="handover",
                        to="alerts_logbook.logbookentry",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="soc_people.organisation"
                    ),
                ),
                (
                    "shift",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="handovers",
                        to="alerts_logbook.shift",
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="soc_people.site",
                    ),
                ),
                (
                    "taken_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-given_at"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("withdrawn_at__isnull", True)),
                        fields=("shift",),
                        name="logbook_one_handover_a_shift",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("taken_at__isnull", True), ("taken_by__isnull", True)),
                            models.Q(
                                ("taken_at__isnull", False),
                                ("taken_by__isnull", False),
                                ("withdrawn_at__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="logbook_taken_by_somebody",
                    ),
                ],
            },
        ),
        migrations.RunSQL(_REFUSE, "DROP FUNCTION alerts_logbook_handover_refuse()"),
        *(
            migrations.RunSQL(
                f"CREATE TRIGGER {_TABLE}_{name} BEFORE {what} ON {_TABLE} FOR EACH {each} "
                "EXECUTE FUNCTION alerts_logbook_handover_refuse()",
                f"DROP TRIGGER {_TABLE}_{name} ON {_TABLE}",
            )
            for name, what, each in (
                ("no_change", "UPDATE OR DELETE", "ROW"),
                ("no_truncate", "TRUNCATE", "STATEMENT"),
            )
        ),
        same_organisation(_TABLE, "site_id", "soc_people_site"),
        same_organisation(_TABLE, "shift_id", "alerts_logbook_shift"),
        same_organisation(_TABLE, "entry_id", "alerts_logbook_logbookentry"),
        same_organisation(_TABLE, "taken_by_id", "soc_people_member"),
    ]
