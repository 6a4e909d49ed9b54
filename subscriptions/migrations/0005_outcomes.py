"""The outcome engine: contracts that pay on verification, what is claimed, statements."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models


from marketplace.core.triggers import install
from subscriptions.outcomes.guards import FUNCTIONS, TRIGGERS


def guards(apps, schema_editor):
    install(schema_editor.connection, FUNCTIONS, TRIGGERS)


class Migration(migrations.Migration):

    dependencies = [
        ('invoicing', '0006_payment_batches'),
        ('organisations', '0001_schema'),
        ('subscriptions', '0004_purse_guards'),
    ]

    operations = [
        migrations.CreateModel(
            name='OutcomeContract',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=20, unique=True)),
                ('kind', models.CharField(choices=[('hub', 'Hub'), ('council', 'Council contract'), ('nhs', 'NHS contract'), ('department', "Department's contract"), ('centre', 'Specialist centre'), ('matched', 'Matched funding'), ('trust', 'Trust partnership')], max_length=10)),
                ('side', models.CharField(choices=[('pays', 'The partnership pays'), ('earns', 'The other party pays')], max_length=5)),
                ('party', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='outcome_contracts', to='organisations.organisation')),
                ('title', models.CharField(max_length=160)),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('offered', 'Offered'), ('active', 'Active'), ('declined', 'Declined'), ('ended', 'Ended'), ('terminated', 'Ended early')], default='draft', max_length=10)),
                ('valid_from', models.DateField()),
                ('valid_to', models.DateField()),
                ('value_pence', models.BigIntegerField()),
                ('settled_pence', models.BigIntegerField(default=0)),
                ('retained_pence', models.BigIntegerField(default=0)),
                ('carried_pence', models.BigIntegerField(default=0)),
                ('heads_target', models.PositiveIntegerField(default=0)),
                ('set_up_pence', models.BigIntegerField(default=0)),
                ('retention', models.DecimalField(decimal_places=4, default=0, max_digits=5)),
                ('retention_due_on', models.DateField(null=True)),
                ('refund_rule', models.CharField(choices=[('own_first', 'Refunds come off the same statement first'), ('in_order', 'Refunds in the order in which they came')], default='in_order', max_length=9)),
                ('cut_places', models.PositiveSmallIntegerField(null=True)),
                ('vat_category', models.CharField(max_length=2)),
                ('vat_rate', models.DecimalField(decimal_places=4, max_digits=5)),
                ('vat_reason', models.CharField(blank=True, max_length=240)),
                ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='invoicing.ledgeraccount')),
                ('stream', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='invoicing.incomestream')),
                ('analysis_code', models.CharField(blank=True, max_length=60)),
                ('purchase_order', models.CharField(blank=True, max_length=20)),
                ('confidential', models.BooleanField(default=False)),
                ('offered_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.person')),
                ('offered_on', models.DateField(null=True)),
                ('agreed_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.person')),
                ('agreed_on', models.DateField(null=True)),
                ('ended_on', models.DateField(null=True)),
                ('end_reason', models.CharField(blank=True, max_length=300)),
            ],
            options={
                'indexes': [models.Index(fields=['party', '-id'], name='outcome_contract_party'), models.Index(fields=['kind', 'state', '-id'], name='outcome_contract_kind'), models.Index(fields=['state', '-id'], name='outcome_contract_state')],
                'constraints': [models.CheckConstraint(condition=models.Q(('valid_to__gt', models.F('valid_from'))), name='outcome_contract_dates'), models.CheckConstraint(condition=models.Q(('retained_pence__gte', 0), ('settled_pence__gte', 0), ('value_pence__gt', 0), ('carried_pence__gte', 0), ('set_up_pence__gte', 0), ('settled_pence__lte', django.db.models.expressions.CombinedExpression(models.F('value_pence'), '-', models.F('retained_pence')))), name='outcome_contract_within_value'), models.CheckConstraint(condition=models.Q(('retention__gte', 0), ('retention__lt', 1), models.Q(('retention', 0), ('retention_due_on__isnull', False), _connector='OR')), name='outcome_contract_retention'), models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'declined']), models.Q(('offered_on__isnull', False), ('state', 'offered')), models.Q(('agreed_on__isnull', False), ('offered_on__isnull', False)), _connector='OR'), name='outcome_contract_agreed'), models.CheckConstraint(condition=models.Q(('offered_by__isnull', True), ('agreed_by__isnull', True), models.Q(('offered_by', models.F('agreed_by')), _negated=True), _connector='OR'), name='outcome_contract_two_people'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'terminated'), _negated=True), models.Q(('ended_on__isnull', False), models.Q(('end_reason', ''), _negated=True)), _connector='OR'), name='outcome_contract_ended_why')],
            },
        ),
        migrations.CreateModel(
            name='ContractVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('contract', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='subscriptions.outcomecontract')),
                ('number', models.PositiveSmallIntegerField()),
                ('state', models.CharField(choices=[('proposed', 'Proposed'), ('agreed', 'Agreed'), ('declined', 'Declined'), ('withdrawn', 'Withdrawn')], default='proposed', max_length=9)),
                ('valid_from', models.DateField()),
                ('value_pence', models.BigIntegerField()),
                ('reason', models.CharField(blank=True, max_length=300)),
                ('changes', models.JSONField(default=list)),
                ('notice_given_on', models.DateField(null=True)),
                ('proposed_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.person')),
                ('proposed_on', models.DateField()),
                ('approved_ours_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.person')),
                ('approved_ours_on', models.DateField(null=True)),
                ('approved_theirs_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.person')),
                ('approved_theirs_on', models.DateField(null=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('contract', 'number'), name='contract_version_number'), models.UniqueConstraint(condition=models.Q(('state', 'proposed')), fields=('contract',), name='contract_version_one_proposed'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'agreed'), _negated=True), models.Q(('approved_ours_on__isnull', False), ('approved_theirs_on__isnull', False)), _connector='OR'), name='contract_version_both_sides'), models.CheckConstraint(condition=models.Q(('approved_ours_by__isnull', True), ('approved_theirs_by__isnull', True), models.Q(('approved_ours_by', models.F('approved_theirs_by')), _negated=True), _connector='OR'), name='contract_version_two_people'), models.CheckConstraint(condition=models.Q(('number', 1), models.Q(('reason', ''), _negated=True), _connector='OR'), name='contract_version_says_why'), models.CheckConstraint(condition=models.Q(('value_pence__gt', 0)), name='contract_version_worth')],
            },
        ),
        migrations.CreateModel(
            name='Measure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('contract', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='measures', to='subscriptions.outcomecontract')),
                ('version', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='measures', to='subscriptions.contractversion')),
                ('code', models.SlugField(max_length=40)),
                ('kind', models.CharField(choices=[('output', 'Output'), ('outcome', 'Outcome')], max_length=7)),
                ('name', models.CharField(max_length=160)),
                ('definition', models.TextField(blank=True)),
                ('unit', models.CharField(blank=True, max_length=40)),
                ('baseline', models.DecimalField(decimal_places=4, max_digits=14, null=True)),
                ('target', models.DecimalField(decimal_places=4, max_digits=14, null=True)),
                ('tolerance', models.DecimalField(decimal_places=4, default=0, max_digits=14)),
                ('weight', models.DecimalField(decimal_places=4, default=1, max_digits=7)),
                ('due_on', models.DateField()),
                ('decide_days', models.PositiveSmallIntegerField(default=10)),
                ('evidence_types', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), default=list, size=None)),
                ('partial', models.CharField(choices=[('whole', 'All or nothing'), ('proportional', 'In proportion'), ('steps', 'By steps')], default='whole', max_length=12)),
                ('steps', models.JSONField(default=list)),
                ('counts', models.CharField(blank=True, max_length=40)),
                ('verifier', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='verified_measures', to='organisations.organisation')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('contract', 'code'), name='measure_code'), models.CheckConstraint(condition=models.Q(('tolerance__gte', 0), ('weight__gt', 0)), name='measure_figures'), models.CheckConstraint(condition=models.Q(('partial', 'whole'), ('target__isnull', False), _connector='OR'), name='measure_partial_of_a_target')],
            },
        ),
        migrations.CreateModel(
            name='Statement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('contract', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='statements', to='subscriptions.outcomecontract')),
                ('ordinal', models.PositiveSmallIntegerField()),
                ('state', models.CharField(choices=[('open', 'Open'), ('frozen', 'Frozen'), ('paid', 'Paid'), ('cancelled', 'Cancelled')], default='open', max_length=9)),
                ('service_from', models.DateField()),
                ('cut_off', models.DateField()),
                ('pay_on', models.DateField()),
                ('total_pence', models.BigIntegerField(default=0)),
                ('retained_pence', models.BigIntegerField(default=0)),
                ('closing', models.BooleanField(default=False)),
                ('source_key', models.CharField(blank=True, max_length=120)),
                ('frozen_on', models.DateField(null=True)),
                ('frozen_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.person')),
                ('purchase_order', models.CharField(blank=True, max_length=20)),
            ],
            options={
                'indexes': [models.Index(fields=['state', 'cut_off', 'id'], name='statement_state')],
                'constraints': [models.UniqueConstraint(fields=('contract', 'ordinal'), name='statement_ordinal'), models.UniqueConstraint(fields=('contract', 'cut_off'), name='statement_cut_off'), models.CheckConstraint(condition=models.Q(('pay_on__gt', models.F('cut_off'))), name='statement_pays_later'), models.CheckConstraint(condition=models.Q(('cut_off__gte', models.F('service_from'))), name='statement_dates'), models.CheckConstraint(condition=models.Q(('retained_pence__gte', 0), ('total_pence__gte', 0)), name='statement_not_below'), models.CheckConstraint(condition=models.Q(models.Q(('frozen_on__isnull', True), ('source_key', ''), ('state__in', ['open', 'cancelled']), ('total_pence', 0)), models.Q(('frozen_on__isnull', False), ('state__in', ['frozen', 'paid'])), _connector='OR'), name='statement_frozen'), models.CheckConstraint(condition=models.Q(('total_pence', 0), models.Q(('source_key', ''), _negated=True), _connector='OR'), name='statement_owed_once')],
            },
        ),
        migrations.CreateModel(
            name='OutcomeItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('contract', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='items', to='subscriptions.outcomecontract')),
                ('version', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='items', to='subscriptions.contractversion')),
                ('measure', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='items', to='subscriptions.measure')),
                ('code', models.SlugField(max_length=40)),
                ('name', models.CharField(max_length=160)),
                ('gate', models.CharField(choices=[('nothing', 'Nothing'), ('output', 'Output'), ('outcome', 'Outcome')], max_length=7)),
                ('state', models.CharField(choices=[('planned', 'Planned'), ('submitted', 'To verify'), ('rejected', 'Sent back'), ('eligible', 'Verified'), ('not_met', 'Not met'), ('payable', 'On statement'), ('paid', 'Paid'), ('clawed_back', 'Taken back'), ('cancelled', 'Cancelled')], default='planned', max_length=11)),
                ('pence', models.BigIntegerField()),
                ('earned', models.DecimalField(decimal_places=6, default=0, max_digits=20)),
                ('earned_pence', models.BigIntegerField(default=0)),
                ('settled_pence', models.BigIntegerField(default=0)),
                ('service_from', models.DateField()),
                ('service_to', models.DateField()),
                ('claimed_from', models.DateField()),
                ('due_on', models.DateField()),
                ('reminded_on', models.DateField(null=True)),
                ('statement', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='items', to='subscriptions.statement')),
                ('reason', models.CharField(blank=True, max_length=300)),
            ],
            options={
                'indexes': [models.Index(fields=['contract', 'due_on', 'id'], name='outcome_item_contract'), models.Index(fields=['state', 'due_on', 'id'], name='outcome_item_state')],
                'constraints': [models.UniqueConstraint(fields=('contract', 'code'), name='outcome_item_code'), models.CheckConstraint(condition=models.Q(('earned_pence__gte', 0), ('pence__gt', 0), ('settled_pence__gte', 0), ('earned_pence__lte', models.F('pence')), ('settled_pence__lte', models.F('earned_pence'))), name='outcome_item_within'), models.CheckConstraint(condition=models.Q(('service_to__gt', models.F('service_from'))), name='outcome_item_dates'), models.CheckConstraint(condition=models.Q(models.Q(('gate', 'nothing'), ('measure__isnull', True)), models.Q(('gate__in', ['output', 'outcome']), ('measure__isnull', False)), _connector='OR'), name='outcome_item_gate'), models.CheckConstraint(condition=models.Q(('state__in', ['eligible', 'payable', 'paid', 'clawed_back']), ('earned_pence', 0), _connector='OR'), name='outcome_item_earned_state'), models.CheckConstraint(condition=models.Q(('state__in', ['payable', 'paid', 'clawed_back']), ('settled_pence', 0), _connector='OR'), name='outcome_item_settled_state'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['rejected', 'not_met', 'cancelled']), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='outcome_item_says_why')],
            },
        ),
        migrations.CreateModel(
            name='Submission',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('item', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='submissions', to='subscriptions.outcomeitem')),
                ('ordinal', models.PositiveSmallIntegerField()),
                ('state', models.CharField(choices=[('submitted', 'To verify'), ('accepted', 'Accepted'), ('part', 'Accepted part'), ('rejected', 'Sent back'), ('withdrawn', 'Withdrawn'), ('undone', 'Taken back')], default='submitted', max_length=9)),
                ('claimed', models.DecimalField(decimal_places=4, max_digits=14, null=True)),
                ('words', models.TextField(blank=True)),
                ('claimant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.person')),
                ('claimant_organisation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
                ('submitted_on', models.DateField()),
                ('decide_by', models.DateField()),
                ('escalated_on', models.DateField(null=True)),
                ('decided_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.person')),
                ('decided_organisation', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
                ('decided_on', models.DateField(null=True)),
                ('accepted', models.DecimalField(decimal_places=4, max_digits=14, null=True)),
                ('reason', models.CharField(blank=True, max_length=500)),
                ('sampled_on', models.DateField(null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['state', 'submitted_on', 'id'], name='submission_state')],
                'constraints': [models.UniqueConstraint(fields=('item', 'ordinal'), name='submission_ordinal'), models.UniqueConstraint(condition=models.Q(('state', 'submitted')), fields=('item',), name='submission_one_waits'), models.UniqueConstraint(condition=models.Q(('state__in', ['accepted', 'part'])), fields=('item',), name='submission_one_accepted'), models.CheckConstraint(condition=models.Q(('decided_by__isnull', True), models.Q(('decided_by', models.F('claimant')), _negated=True), _connector='OR'), name='submission_another_person'), models.CheckConstraint(condition=models.Q(('decided_organisation__isnull', True), models.Q(('decided_organisation', models.F('claimant_organisation')), _negated=True), _connector='OR'), name='submission_another_organisation'), models.CheckConstraint(condition=models.Q(models.Q(('decided_on__isnull', True), ('state__in', ['submitted', 'withdrawn'])), models.Q(('decided_by__isnull', False), ('decided_on__isnull', False), ('decided_organisation__isnull', False), ('state__in', ['accepted', 'part', 'rejected', 'undone'])), _connector='OR'), name='submission_decided_by'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['rejected', 'part', 'undone']), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='submission_says_why')],
            },
        ),
        migrations.CreateModel(
            name='Evidence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('item', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='evidence', to='subscriptions.outcomeitem')),
                ('submission', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='evidence', to='subscriptions.submission')),
                ('form', models.CharField(choices=[('file', 'File'), ('link', 'Link'), ('return', 'Return'), ('count', 'Count')], max_length=6)),
                ('type', models.CharField(max_length=40)),
                ('label', models.CharField(max_length=160)),
                ('link', models.URLField(blank=True, max_length=400)),
                ('facts', models.JSONField(default=dict)),
                ('added_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.person')),
                ('added_on', models.DateField()),
            ],
            options={
                'indexes': [models.Index(fields=['item', 'id'], name='outcome_evidence_item')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('form', 'link'), models.Q(('link', ''), _negated=True)), models.Q(models.Q(('form', 'link'), _negated=True), ('link', '')), _connector='OR'), name='outcome_evidence_link'), models.CheckConstraint(condition=models.Q(models.Q(('label', ''), _negated=True), models.Q(('type', ''), _negated=True)), name='outcome_evidence_named')],
            },
        ),
        migrations.CreateModel(
            name='MeasuredFact',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source_key', models.CharField(max_length=120, unique=True)),
                ('measure', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='facts', to='subscriptions.measure')),
                ('on', models.DateField()),
                ('value', models.DecimalField(decimal_places=4, max_digits=14)),
                ('label', models.CharField(max_length=160)),
            ],
            options={
                'indexes': [models.Index(fields=['measure', 'on'], name='measured_fact_measure')],
            },
        ),
        migrations.CreateModel(
            name='ContractPerson',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('contract', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deputies', to='subscriptions.outcomecontract')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.person')),
                ('valid_from', models.DateField()),
                ('valid_to', models.DateField(null=True)),
                ('named_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.person')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_to__gt', models.F('valid_from')), _connector='OR'), name='contract_person_dates')],
            },
        ),
        migrations.CreateModel(
            name='Band',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='bands', to='subscriptions.contractversion')),
                ('position', models.PositiveSmallIntegerField()),
                ('capacity', models.PositiveIntegerField()),
                ('price_pence', models.BigIntegerField()),
                ('service', models.DecimalField(decimal_places=4, default=0, max_digits=5)),
            ],
            options={
                'ordering': ['position'],
                'constraints': [models.UniqueConstraint(fields=('version', 'position'), name='outcome_band_position'), models.CheckConstraint(condition=models.Q(('capacity__gt', 0), ('price_pence__gt', 0), ('service__gte', 0), ('service__lt', 1)), name='outcome_band_figures')],
            },
        ),
        migrations.CreateModel(
            name='Milestone',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='milestones', to='subscriptions.contractversion')),
                ('position', models.PositiveSmallIntegerField()),
                ('code', models.SlugField(max_length=40)),
                ('name', models.CharField(max_length=160)),
                ('share', models.DecimalField(decimal_places=6, max_digits=7)),
            ],
            options={
                'ordering': ['position'],
                'constraints': [models.UniqueConstraint(fields=('version', 'code'), name='outcome_milestone_code'), models.CheckConstraint(condition=models.Q(('share__gt', 0), ('share__lte', 1)), name='outcome_milestone_share')],
            },
        ),
        migrations.CreateModel(
            name='Clawback',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='clawbacks', to='subscriptions.outcomeitem')),
                ('ordinal', models.PositiveSmallIntegerField()),
                ('pence', models.BigIntegerField()),
                ('taken_pence', models.BigIntegerField(default=0)),
                ('charged_pence', models.BigIntegerField(default=0)),
                ('reason', models.CharField(max_length=300)),
                ('decided_on', models.DateField()),
                ('decided_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.person')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('item', 'ordinal'), name='clawback_ordinal'), models.CheckConstraint(condition=models.Q(('charged_pence__gte', 0), ('pence__gt', 0), ('taken_pence__gte', 0), ('taken_pence__lte', django.db.models.expressions.CombinedExpression(models.F('pence'), '-', models.F('charged_pence'))), models.Q(('reason', ''), _negated=True)), name='clawback_within')],
            },
        ),
        migrations.CreateModel(
            name='StatementLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('statement', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='subscriptions.statement')),
                ('position', models.PositiveSmallIntegerField()),
                ('kind', models.CharField(choices=[('item', 'Item'), ('service', 'Service part'), ('volume', 'By volume'), ('carried', 'Carried over'), ('clawback', 'Taken back'), ('retained', 'Retained'), ('released', 'Retention released'), ('capped', "Above the contract's value")], max_length=8)),
                ('item', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='subscriptions.outcomeitem')),
                ('clawback', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='subscriptions.clawback')),
                ('label', models.CharField(max_length=240)),
                ('exact', models.DecimalField(decimal_places=10, max_digits=22)),
                ('pence', models.BigIntegerField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('statement', 'position'), name='statement_line_position'), models.UniqueConstraint(condition=models.Q(('kind', 'item')), fields=('item',), name='statement_line_item_once'), models.CheckConstraint(condition=models.Q(models.Q(('item__isnull', False), ('kind', 'item'), ('pence__gte', 0)), models.Q(('clawback__isnull', False), ('item__isnull', False), ('kind', 'clawback'), ('pence__lt', 0)), models.Q(('kind__in', ['service', 'released']), ('pence__gte', 0)), models.Q(('kind__in', ['retained', 'capped']), ('pence__lte', 0)), ('kind__in', ['volume', 'carried']), _connector='OR'), name='statement_line_kind')],
            },
        ),
        migrations.CreateModel(
            name='StatementMove',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='moves', to='subscriptions.outcomeitem')),
                ('from_statement', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='subscriptions.statement')),
                ('to_statement', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='subscriptions.statement')),
                ('reason', models.CharField(max_length=300)),
                ('moved_on', models.DateField()),
                ('moved_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.person')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='statement_move_says_why')],
            },
        ),
        migrations.CreateModel(
            name='VolumeReturn',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('statement', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='returns', to='subscriptions.statement')),
                ('milestone', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='returns', to='subscriptions.milestone')),
                ('ordinal', models.PositiveSmallIntegerField()),
                ('state', models.CharField(choices=[('submitted', 'To verify'), ('accepted', 'Accepted'), ('rejected', 'Sent back')], default='submitted', max_length=9)),
                ('billable', models.PositiveIntegerField()),
                ('refundable', models.PositiveIntegerField(default=0)),
                ('claimant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.person')),
                ('claimant_organisation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
                ('submitted_on', models.DateField()),
                ('decided_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.person')),
                ('decided_organisation', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
                ('decided_on', models.DateField(null=True)),
                ('reason', models.CharField(blank=True, max_length=500)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('statement', 'milestone', 'ordinal'), name='volume_return_ordinal'), models.UniqueConstraint(condition=models.Q(('state', 'rejected'), _negated=True), fields=('statement', 'milestone'), name='volume_return_one_counts'), models.CheckConstraint(condition=models.Q(('decided_by__isnull', True), models.Q(models.Q(('decided_by', models.F('claimant')), _negated=True), models.Q(('decided_organisation', models.F('claimant_organisation')), _negated=True)), _connector='OR'), name='volume_return_another'), models.CheckConstraint(condition=models.Q(models.Q(('decided_on__isnull', True), ('state', 'submitted')), models.Q(('decided_by__isnull', False), ('decided_on__isnull', False), ('state__in', ['accepted', 'rejected'])), _connector='OR'), name='volume_return_decided'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'rejected'), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='volume_return_says_why')],
            },
        ),
        migrations.CreateModel(
            name='OutcomeAccrual',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('contract', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='accruals', to='subscriptions.outcomecontract')),
                ('month_end', models.DateField()),
                ('pence', models.BigIntegerField()),
                ('entry', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='invoicing.journalentry')),
                ('reversal', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='invoicing.journalentry')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('contract', 'month_end'), name='outcome_accrual_once'), models.CheckConstraint(condition=models.Q(('pence__gt', 0)), name='outcome_accrual_positive')],
            },
        ),
        migrations.AddField(
            model_name='outcomeitem',
            name='verified_by_submission',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='subscriptions.submission'),
        ),
        migrations.AddConstraint(
            model_name='outcomeitem',
            constraint=models.CheckConstraint(condition=models.Q(('gate', 'nothing'), ('earned_pence', 0), ('verified_by_submission__isnull', False), _connector='OR'), name='outcome_item_verified_first'),
        ),
        migrations.RunPython(guards, migrations.RunPython.noop),
    ]
