"""The tables of organisations, as one step. It replaces the steps by which they came about, which an older database has taken."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('organisations', '0001_initial'), ('organisations', '0002_joints'), ('organisations', '0003_delegation'), ('organisations', '0004_invoice_grouping'), ('organisations', '0005_cost_centre')]

    initial = True

    dependencies = [
        ('core', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='Organisation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=12, unique=True)),
                ('kind', models.CharField(choices=[('partnership', 'Partnership'), ('school', 'School'), ('trust', 'Trust'), ('authority', 'Local authority'), ('provider', 'Provider'), ('other', 'Other customer')], max_length=12)),
                ('name', models.CharField(max_length=200)),
                ('notify_email', models.EmailField(blank=True, help_text='One shared address for notices, such as office@.', max_length=254)),
                ('name_search', models.GeneratedField(db_persist=True, expression=django.contrib.postgres.search.SearchVector('name', config='simple'), output_field=django.contrib.postgres.search.SearchVectorField())),
            ],
            options={
                'indexes': [models.Index(fields=['kind', 'name'], name='organisation_kind_name'), django.contrib.postgres.indexes.GinIndex(fields=['name_search'], name='organisation_name_search')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('kind', 'partnership')), fields=('kind',), name='one_partnership'), models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='organisation_has_name')],
            },
        ),
        migrations.CreateModel(
            name='Person',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120)),
                ('email', models.EmailField(blank=True, max_length=254)),
                ('user', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='person', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name_plural': 'people',
            },
        ),
        migrations.CreateModel(
            name='ApprovalRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('from_pence', models.BigIntegerField()),
                ('approver_role', models.CharField(blank=True, choices=[('approver', 'approver'), ('trust_finance', 'trust finance')], max_length=20)),
                ('approver_email', models.EmailField(blank=True, max_length=254)),
                ('approver_title', models.CharField(blank=True, max_length=80)),
                ('keeps_days', models.PositiveSmallIntegerField(default=14)),
                ('valid_from', models.DateField()),
                ('valid_to', models.DateField(blank=True, null=True)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='approval_rules', to='organisations.organisation')),
                ('approver_person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.person')),
            ],
            options={
                'constraints': [django.contrib.postgres.constraints.ExclusionConstraint(expressions=[(models.Func(models.F('organisation_id'), models.F('organisation_id'), models.Value('[]'), function='int8range'), '&&'), (models.Func(models.F('from_pence'), models.F('from_pence'), models.Value('[]'), function='int8range'), '&&'), (models.Func(models.F('valid_from'), models.F('valid_to'), models.Value('[)'), function='daterange', output_field=django.contrib.postgres.fields.ranges.DateRangeField()), '&&')], name='approval_rule_no_overlap'), models.CheckConstraint(condition=models.Q(('from_pence__gte', 0)), name='approval_rule_from_not_negative'), models.CheckConstraint(condition=models.Q(('keeps_days__gte', 1), ('keeps_days__lte', 60)), name='approval_rule_keeps'), models.CheckConstraint(condition=models.Q(models.Q(models.Q(('approver_role', ''), _negated=True), ('approver_email', ''), ('approver_person__isnull', True)), models.Q(('approver_email', ''), ('approver_person__isnull', False), ('approver_role', '')), models.Q(('approver_person__isnull', True), ('approver_role', ''), models.Q(('approver_email', ''), _negated=True), models.Q(('approver_title', ''), _negated=True)), _connector='OR'), name='approval_rule_one_approver')],
            },
        ),
        migrations.CreateModel(
            name='Deputy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('valid_from', models.DateField()),
                ('valid_to', models.DateField()),
                ('spending_limit_pence', models.BigIntegerField(blank=True, null=True)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deputies', to='organisations.organisation')),
                ('deputy', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deputises', to='organisations.person')),
                ('for_person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deputies', to='organisations.person')),
            ],
            options={
                'verbose_name_plural': 'deputies',
                'indexes': [models.Index(fields=['deputy', 'valid_to'], name='deputy_person')],
                'constraints': [django.contrib.postgres.constraints.ExclusionConstraint(expressions=[(models.Func(models.F('organisation_id'), models.F('organisation_id'), models.Value('[]'), function='int8range'), '&&'), (models.Func(models.F('for_person_id'), models.F('for_person_id'), models.Value('[]'), function='int8range'), '&&'), (models.Func(models.F('valid_from'), models.F('valid_to'), models.Value('[)'), function='daterange', output_field=django.contrib.postgres.fields.ranges.DateRangeField()), '&&')], name='deputy_no_overlap'), models.CheckConstraint(condition=models.Q(('deputy', models.F('for_person')), _negated=True), name='deputy_another_person'), models.CheckConstraint(condition=models.Q(('valid_to__gte', models.F('valid_from'))), name='deputy_dates'), models.CheckConstraint(condition=models.Q(('spending_limit_pence__isnull', True), ('spending_limit_pence__gte', 0), _connector='OR'), name='deputy_limit_not_negative')],
            },
        ),
        migrations.CreateModel(
            name='Identity',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('valid_from', models.DateField()),
                ('valid_to', models.DateField(blank=True, null=True)),
                ('name', models.CharField(max_length=200)),
                ('street', models.CharField(blank=True, max_length=200)),
                ('locality', models.CharField(blank=True, max_length=200)),
                ('address3', models.CharField(blank=True, max_length=200)),
                ('town', models.CharField(blank=True, max_length=100)),
                ('county', models.CharField(blank=True, max_length=100)),
                ('postcode', models.CharField(blank=True, max_length=12)),
                ('country', models.CharField(default='GB', max_length=2)),
                ('vat_number', models.CharField(blank=True, max_length=20)),
                ('company_number', models.CharField(blank=True, max_length=20)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='identities', to='organisations.organisation')),
            ],
            options={
                'constraints': [django.contrib.postgres.constraints.ExclusionConstraint(expressions=[(models.Func(models.F('organisation_id'), models.F('organisation_id'), models.Value('[]'), function='int8range'), '&&'), (models.Func(models.F('valid_from'), models.F('valid_to'), models.Value('[)'), function='daterange', output_field=django.contrib.postgres.fields.ranges.DateRangeField()), '&&')], name='identity_no_overlap'), models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_to__gt', models.F('valid_from')), _connector='OR'), name='identity_dates')],
            },
        ),
        migrations.CreateModel(
            name='RoleAssignment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('buyer', 'buyer'), ('approver', 'approver'), ('trust_finance', 'trust finance'), ('delegate', 'delegate'), ('provider', 'provider'), ('consultant', 'consultant'), ('hub_lead', 'hub lead'), ('scheme_supplier', 'scheme supplier'), ('commissioner', 'commissioner'), ('council_payments', 'council payments'), ('panel', 'panel'), ('verifier', 'verifier'), ('board_member', 'board member'), ('finance_officer', 'finance officer'), ('finance_manager', 'finance manager'), ('organiser', 'organiser'), ('auditor', 'auditor'), ('administrator', 'administrator')], max_length=20)),
                ('valid_from', models.DateField()),
                ('valid_to', models.DateField(blank=True, null=True)),
                ('spending_limit_pence', models.BigIntegerField(blank=True, help_text='The most this person may commit in one order; empty means no limit.', null=True)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='role_assignments', to='organisations.organisation')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='roles', to='organisations.person')),
            ],
            options={
                'indexes': [models.Index(fields=['organisation', 'role'], name='role_organisation')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('valid_to__isnull', True)), fields=('person', 'role', 'organisation'), name='one_current_role'), models.CheckConstraint(condition=models.Q(('spending_limit_pence__isnull', True), ('spending_limit_pence__gte', 0), _connector='OR'), name='spending_limit_not_negative')],
            },
        ),
        migrations.CreateModel(
            name='Authority',
            fields=[
                ('organisation', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='authority', serialize=False, to='organisations.organisation')),
                ('code', models.CharField(max_length=3, unique=True)),
            ],
        ),
        migrations.CreateModel(
            name='CustomerTerms',
            fields=[
                ('organisation', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='terms', serialize=False, to='organisations.organisation')),
                ('settlement', models.CharField(choices=[('invoice', 'Bank transfer against an invoice'), ('council_journal', "Journal in the council's ledger")], default='invoice', max_length=16)),
                ('purchase_order_rule', models.CharField(choices=[('optional', 'Welcome, not needed'), ('required', 'Needed before an invoice is sent')], default='optional', max_length=10)),
                ('payer_reference_name', models.CharField(default='Purchase order', max_length=40)),
                ('cost_centre', models.CharField(blank=True, db_default='', default='', help_text="Where the council's ledger charges the school, as the council writes it.", max_length=20)),
                ('payment_days', models.PositiveSmallIntegerField(default=30)),
                ('invoice_grouping', models.CharField(choices=[('purchase_order', 'One invoice for each purchase order'), ('order', 'One invoice for each order'), ('school', 'One invoice for each school'), ('together', 'One invoice for all, with a section for each school')], default='purchase_order', max_length=14)),
                ('invoice_rhythm', models.CharField(choices=[('as_due', 'As items fall due'), ('monthly', 'Once a month, on its last day')], default='as_due', max_length=7)),
                ('invoice_to', models.ForeignKey(blank=True, help_text='Another organisation that is invoiced instead, such as the trust or the lead school.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='pays_for', to='organisations.organisation')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('payment_days__gte', 0), ('payment_days__lte', 120)), name='payment_days_sensible'), models.CheckConstraint(condition=models.Q(('invoice_to', models.F('organisation')), _negated=True), name='invoice_to_another')],
            },
        ),
        migrations.CreateModel(
            name='Trust',
            fields=[
                ('organisation', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='trust', serialize=False, to='organisations.organisation')),
                ('uid', models.CharField(max_length=10, unique=True)),
                ('ukprn', models.CharField(blank=True, max_length=8)),
                ('companies_house_number', models.CharField(blank=True, max_length=10)),
                ('closed_on', models.DateField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='School',
            fields=[
                ('organisation', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='school', serialize=False, to='organisations.organisation')),
                ('urn', models.CharField(max_length=8, unique=True)),
                ('ukprn', models.CharField(blank=True, max_length=8)),
                ('establishment_number', models.CharField(blank=True, max_length=4)),
                ('type_code', models.CharField(max_length=3)),
                ('type_name', models.CharField(blank=True, max_length=80)),
                ('status', models.CharField(choices=[('1', 'Open'), ('2', 'Closed'), ('3', 'Open, but proposed to close'), ('4', 'Proposed to open')], max_length=1)),
                ('phase_code', models.CharField(max_length=2)),
                ('phase_name', models.CharField(blank=True, max_length=40)),
                ('opened_on', models.DateField(blank=True, null=True)),
                ('closed_on', models.DateField(blank=True, null=True)),
                ('low_age', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('high_age', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('billing_class', models.CharField(choices=[('maintained', 'Maintained by a council'), ('academy', 'Academy or free school'), ('independent', 'Independent'), ('non_maintained_special', 'Non-maintained special'), ('overseas', 'Offshore or overseas'), ('other', 'Needs a decision')], max_length=24)),
                ('billing_class_decided', models.BooleanField(default=False, help_text='A person decided it; imports leave it alone.')),
                ('register_changed_on', models.DateField(blank=True, null=True)),
                ('authority', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='schools', to='organisations.authority')),
            ],
            options={
                'indexes': [models.Index(fields=['authority', 'status'], name='school_authority_status'), models.Index(fields=['billing_class'], name='school_billing_class')],
            },
        ),
        migrations.CreateModel(
            name='PupilCount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('pupils', models.PositiveIntegerField()),
                ('source', models.CharField(help_text='Such as: October census, register of schools, the school.', max_length=40)),
                ('counted_on', models.DateField()),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pupil_counts', to='organisations.school')),
            ],
            options={
                'indexes': [models.Index(fields=['school', '-counted_on'], name='pupil_count_latest')],
                'constraints': [models.UniqueConstraint(fields=('school', 'source', 'counted_on'), name='pupil_count_once')],
            },
        ),
        migrations.CreateModel(
            name='SchoolLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=60)),
                ('linked_on', models.DateField(blank=True, null=True)),
                ('predecessor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='successor_links', to='organisations.school')),
                ('successor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='predecessor_links', to='organisations.school')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('predecessor', 'successor'), name='school_link_once'), models.CheckConstraint(condition=models.Q(('predecessor', models.F('successor')), _negated=True), name='school_link_two_schools')],
            },
        ),
        migrations.CreateModel(
            name='TrustMembership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('valid_from', models.DateField()),
                ('valid_to', models.DateField(blank=True, null=True)),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='trust_memberships', to='organisations.school')),
                ('trust', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='organisations.trust')),
            ],
            options={
                'constraints': [django.contrib.postgres.constraints.ExclusionConstraint(expressions=[(models.Func(models.F('school_id'), models.F('school_id'), models.Value('[]'), function='int8range'), '&&'), (models.Func(models.F('valid_from'), models.F('valid_to'), models.Value('[)'), function='daterange', output_field=django.contrib.postgres.fields.ranges.DateRangeField()), '&&')], name='trust_membership_no_overlap')],
            },
        ),
    ]
