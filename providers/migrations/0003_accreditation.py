"""Accreditation: requirements and evidence, applications, decisions, and their guards."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
from django.db import migrations, models

from marketplace.core.triggers import install
from providers.accreditation.guards import FUNCTIONS, TRIGGERS


def guards(apps, schema_editor):
    install(schema_editor.connection, FUNCTIONS, TRIGGERS)


class Migration(migrations.Migration):

    dependencies = [
        ('organisations', '0005_cost_centre'),
        ('providers', '0002_consultants'),
    ]

    operations = [
        migrations.CreateModel(
            name='Application',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=20, unique=True)),
                ('consultant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='applications', to='providers.consultant')),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('references', 'Waiting for references'), ('panel', 'With the panel'), ('signing', 'Agreement to sign'), ('signed', 'Agreement to countersign'), ('accredited', 'Accredited'), ('refused', 'Not accredited'), ('appealed', 'Appeal'), ('closed', 'Appeal not upheld'), ('withdrawn', 'Withdrawn')], default='draft', max_length=10)),
                ('declared', models.JSONField(default=list)),
                ('started_on', models.DateField()),
                ('submitted_on', models.DateField(null=True)),
                ('submitted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.person')),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.person')),
                ('decided_on', models.DateField(null=True)),
                ('reason', models.TextField(blank=True)),
                ('appeal', models.TextField(blank=True)),
                ('appealed_on', models.DateField(null=True)),
                ('appeal_decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.person')),
                ('appeal_decided_on', models.DateField(null=True)),
                ('appeal_answer', models.TextField(blank=True)),
                ('agreement', models.TextField(blank=True)),
                ('signed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.person')),
                ('signed_on', models.DateField(null=True)),
                ('countersigned_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.person')),
                ('countersigned_on', models.DateField(null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['state', 'submitted_on'], name='application_state')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ['accredited', 'refused', 'closed', 'withdrawn']), _negated=True), fields=('consultant',), name='application_one_open'), models.CheckConstraint(condition=models.Q(('appeal_decided_by__isnull', True), ('decided_by__isnull', True), models.Q(('appeal_decided_by', models.F('decided_by')), _negated=True), _connector='OR'), name='application_appeal_by_another'), models.CheckConstraint(condition=models.Q(('countersigned_by__isnull', True), ('signed_by__isnull', True), models.Q(('countersigned_by', models.F('signed_by')), _negated=True), _connector='OR'), name='application_countersigned_by_another'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'accredited'), _negated=True), models.Q(('countersigned_on__isnull', False), ('signed_on__isnull', False)), _connector='OR'), name='application_accredited_signed')],
            },
        ),
        migrations.CreateModel(
            name='Requirement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=40, unique=True)),
                ('label', models.CharField(max_length=80)),
                ('holder', models.CharField(choices=[('consultant', 'Consultant'), ('provider', 'Provider')], max_length=10)),
                ('months', models.PositiveSmallIntegerField(null=True)),
                ('file', models.CharField(choices=[('needed', 'A document'), ('allowed', 'A document or none'), ('never', 'No copy')], default='needed', max_length=7)),
                ('needs_number', models.BooleanField(default=False)),
                ('required', models.BooleanField(default=True)),
                ('words', models.CharField(max_length=300)),
                ('position', models.PositiveSmallIntegerField()),
            ],
            options={
                'ordering': ['position'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('code', ''), _negated=True), models.Q(('label', ''), _negated=True)), name='requirement_has_name'), models.CheckConstraint(condition=models.Q(('months__isnull', True), ('months__gt', 0), _connector='OR'), name='requirement_lasts')],
            },
        ),
        migrations.CreateModel(
            name='Reference',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='references', to='providers.application')),
                ('position', models.PositiveSmallIntegerField()),
                ('name', models.CharField(max_length=120)),
                ('email', models.EmailField(max_length=254)),
                ('relation', models.CharField(max_length=120)),
                ('asked_on', models.DateField(null=True)),
                ('answered_on', models.DateField(null=True)),
                ('recommends', models.BooleanField(null=True)),
                ('words', models.TextField(blank=True)),
                ('erased_on', models.DateField(null=True)),
            ],
            options={
                'ordering': ['position'],
                'constraints': [models.UniqueConstraint(fields=('application', 'position'), name='reference_place'), models.CheckConstraint(condition=models.Q(('answered_on__isnull', True), models.Q(('asked_on__isnull', False), ('recommends__isnull', False)), _connector='OR'), name='reference_answered')],
            },
        ),
        migrations.CreateModel(
            name='ReferenceLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='links', to='providers.reference')),
                ('digest', models.CharField(max_length=64, unique=True)),
                ('made_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('used_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Evidence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('requirement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='evidence', to='providers.requirement')),
                ('consultant', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='evidence', to='providers.consultant')),
                ('provider', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='evidence', to='providers.provider')),
                ('valid_from', models.DateField()),
                ('valid_to', models.DateField(null=True)),
                ('number', models.CharField(blank=True, max_length=40)),
                ('decision', models.CharField(blank=True, max_length=200)),
                ('state', models.CharField(choices=[('submitted', 'To check'), ('accepted', 'Accepted'), ('refused', 'Refused')], default='submitted', max_length=9)),
                ('reason', models.CharField(blank=True, max_length=300)),
                ('given_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.person')),
                ('given_on', models.DateField()),
                ('checked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.person')),
                ('checked_on', models.DateField(null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['consultant', 'requirement', 'state'], name='evidence_consultant'), models.Index(fields=['provider', 'requirement', 'state'], name='evidence_provider'), models.Index(fields=['state', 'given_on'], name='evidence_to_check')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('consultant__isnull', True), ('provider__isnull', False)), models.Q(('consultant__isnull', False), ('provider__isnull', True)), _connector='OR'), name='evidence_of_one'), models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_to__gt', models.F('valid_from')), _connector='OR'), name='evidence_dates'), models.CheckConstraint(condition=models.Q(models.Q(('checked_by__isnull', True), ('checked_on__isnull', True), ('state', 'submitted')), models.Q(('checked_on__isnull', False), ('state__in', ['accepted', 'refused'])), _connector='OR'), name='evidence_checked_on'), models.CheckConstraint(condition=models.Q(('checked_by__isnull', True), ('given_by__isnull', True), models.Q(('checked_by', models.F('given_by')), _negated=True), _connector='OR'), name='evidence_checked_by_another'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'refused'), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='evidence_refused_why')],
            },
        ),
        migrations.CreateModel(
            name='Accreditation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('consultant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='accreditations', to='providers.consultant')),
                ('application', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='accreditation', to='providers.application')),
                ('valid_from', models.DateField()),
                ('valid_to', models.DateField()),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.person')),
                ('decided_on', models.DateField()),
            ],
            options={
                'indexes': [models.Index(fields=['valid_to'], name='accreditation_ends')],
                'constraints': [models.CheckConstraint(condition=models.Q(('valid_to__gt', models.F('valid_from'))), name='accreditation_dates'), django.contrib.postgres.constraints.ExclusionConstraint(expressions=[(models.Func(models.F('consultant_id'), models.F('consultant_id'), models.Value('[]'), function='int8range'), '&&'), (models.Func(models.F('valid_from'), models.F('valid_to'), models.Value('[)'), function='daterange', output_field=django.contrib.postgres.fields.ranges.DateRangeField()), '&&')], name='accreditation_no_overlap')],
            },
        ),
        migrations.CreateModel(
            name='Suspension',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('consultant', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='suspensions', to='providers.consultant')),
                ('provider', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='suspensions', to='providers.provider')),
                ('starts_on', models.DateField()),
                ('ends_on', models.DateField(null=True)),
                ('words', models.CharField(max_length=200)),
                ('suspended_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.person')),
                ('ended_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.person')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('consultant__isnull', True), ('provider__isnull', False)), models.Q(('consultant__isnull', False), ('provider__isnull', True)), _connector='OR'), name='provider_suspension_of_one'), models.CheckConstraint(condition=models.Q(('ends_on__isnull', True), ('ends_on__gte', models.F('starts_on')), _connector='OR'), name='provider_suspension_dates'), models.CheckConstraint(condition=models.Q(('words', ''), _negated=True), name='provider_suspension_has_words'), models.UniqueConstraint(condition=models.Q(('ends_on__isnull', True)), fields=('consultant',), name='provider_suspension_of_consultant_once'), models.UniqueConstraint(condition=models.Q(('ends_on__isnull', True)), fields=('provider',), name='provider_suspension_of_provider_once')],
            },
        ),
        migrations.RunPython(guards, migrations.RunPython.noop),
    ]
