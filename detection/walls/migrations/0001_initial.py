"""Walls and the places on them."""

import django.db.models.constraints
import django.db.models.deletion
import soc.clock
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('detection', '0002_same_organisation'),
        ('soc_people', '0002_same_organisation'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Wall',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=80)),
                ('layout', models.CharField(choices=[('1', '1 tile'), ('4', '4 tiles'), ('9', '9 tiles'), ('16', '16 tiles'), ('1+5', '1 large and 5 small'), ('1+7', '1 large and 7 small')], max_length=8)),
                ('shared', models.BooleanField(default=False)),
                ('version', models.PositiveIntegerField(default=1)),
                ('created_at', models.DateTimeField(default=soc.clock.now, editable=False)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='soc_people.organisation')),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='Place',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveIntegerField()),
                ('camera', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='detection.camera')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='soc_people.organisation')),
                ('wall', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='places', to='detection_walls.wall')),
            ],
            options={
                'ordering': ['position'],
            },
        ),
        migrations.AddConstraint(
            model_name='wall',
            constraint=models.UniqueConstraint(fields=('owner', 'name'), name='walls_name_once'),
        ),
        migrations.AddConstraint(
            model_name='wall',
            constraint=models.UniqueConstraint(fields=('organisation', 'id'), name='walls_wall_in_organisation'),
        ),
        migrations.AddConstraint(
            model_name='place',
            constraint=models.UniqueConstraint(fields=('wall', 'camera'), name='walls_camera_once'),
        ),
        migrations.AddConstraint(
            model_name='place',
            constraint=models.UniqueConstraint(deferrable=django.db.models.constraints.Deferrable['DEFERRED'], fields=('wall', 'position'), name='walls_position_once'),
        ),
    ]
