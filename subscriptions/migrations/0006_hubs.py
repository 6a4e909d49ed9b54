"""Hubs: calls, applications, panels, awards, and what a lead does with the money."""

import django.db.models.deletion
from django.db import migrations, models


from marketplace.core.triggers import install
from subscriptions.hubs.guards import FUNCTIONS, TRIGGERS


def guards(apps, schema_editor):
    install(schema_editor.connection, FUNCTIONS, TRIGGERS)


class Migration(migrations.Migration):

    dependencies = [
        ('organisations', '0001_schema'),
        ('subscriptions', '0005_outcomes'),
    ]

    operations = [
        migrations.CreateModel(
            name='HubCall',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=20, unique=True)),
                ('kind', models.CharField(choices=[('hub', 'Hub'), ('centre', 'Specialist centre')], max_length=6)),
                ('title', models.CharField(max_length=160)),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('open', 'Open'), ('closed', 'Being scored'), ('scored', 'Scored'), ('decided', 'Decided'), ('cancelled', 'Cancelled')], default='draft', max_length=9)),
                ('priorities', models.TextField()),
                ('needs', models.TextField(blank=True)),
                ('monthly_pence', models.BigIntegerField()),
                ('budget_pence', models.BigIntegerField()),
                ('awarded_pence', models.BigIntegerField(default=0)),
                ('valid_from', models.DateField()),
                ('valid_to', models.DateField()),
                ('opens_at', models.DateTimeField()),
                ('closes_at', models.DateTimeField()),
                ('quorum', models.PositiveSmallIntegerField(default=2)),
                ('terms', models.JSONField(default=dict)),
                ('drafted_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.person')),
                ('published_on', models.DateField(null=True)),
                ('scored_on', models.DateField(null=True)),
                ('decided_on', models.DateField(null=True)),
                ('cancelled_on', models.DateField(null=True)),
                ('cancel_reason', models.CharField(blank=True, max_length=300)),
            ],
            options={
                'indexes': [models.Index(fields=['state', 'closes_at', 'id'], name='hub_call_state')],
                'constraints': [models.CheckConstraint(condition=models.Q(('valid_to__gt', models.F('valid_from'))), name='hub_call_dates'), models.CheckConstraint(condition=models.Q(('closes_at__gt', models.F('opens_at'))), name='hub_call_hours'), models.CheckConstraint(condition=models.Q(('awarded_pence__gte', 0), ('budget_pence__gt', 0), ('monthly_pence__gt', 0), ('awarded_pence__lte', models.F('budget_pence'))), name='hub_call_within_budget'), models.CheckConstraint(condition=models.Q(('quorum__gt', 0)), name='hub_call_quorum'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'centre'), _negated=True), ('state__in', ['draft', 'cancelled']), models.Q(('needs', ''), _negated=True), _connector='OR'), name='hub_call_centre_needs'), models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'cancelled']), ('published_on__isnull', False), _connector='OR'), name='hub_call_published'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'cancelled'), _negated=True), models.Q(('cancelled_on__isnull', False), models.Q(('cancel_reason', ''), _negated=True)), _connector='OR'), name='hub_call_cancelled_why'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'decided'), _negated=True), models.Q(('decided_on__isnull', False), ('scored_on__isnull', False)), _connector='OR'), name='hub_call_scored_first')],
            },
        ),
        migrations.CreateModel(
            name='HubCriterion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('call', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='criteria', to='subscriptions.hubcall')),
                ('position', models.PositiveSmallIntegerField()),
                ('name', models.CharField(max_length=120)),
                ('words', models.CharField(blank=True, max_length=500)),
                ('weight', models.DecimalField(decimal_places=4, max_digits=7)),
                ('most_points', models.PositiveSmallIntegerField()),
            ],
            options={
                'ordering': ['position'],
                'constraints': [models.UniqueConstraint(fields=('call', 'position'), name='hub_criterion_position'), models.CheckConstraint(condition=models.Q(('most_points__gt', 0), ('weight__gt', 0)), name='hub_criterion_figures'), models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='hub_criterion_named')],
            },
        ),
        migrations.CreateModel(
            name='HubApplication',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=20, unique=True)),
                ('call', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='applications', to='subscriptions.hubcall')),
                ('lead', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='hub_applications', to='organisations.organisation')),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('submitted', 'Submitted'), ('withdrawn', 'Withdrawn'), ('awarded', 'Awarded'), ('declined', 'Not chosen')], default='draft', max_length=9)),
                ('title', models.CharField(blank=True, max_length=160)),
                ('plan', models.TextField(blank=True)),
                ('reach', models.TextField(blank=True)),
                ('people', models.TextField(blank=True)),
                ('schools_planned', models.PositiveSmallIntegerField(null=True)),
                ('asked_pence', models.BigIntegerField(null=True)),
                ('started_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.person')),
                ('started_on', models.DateField()),
                ('saved_at', models.DateTimeField(null=True)),
                ('submitted_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.person')),
                ('submitted_at', models.DateTimeField(null=True)),
                ('withdrawn_on', models.DateField(null=True)),
                ('decided_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.person')),
                ('decided_on', models.DateField(null=True)),
                ('feedback', models.TextField(blank=True)),
                ('contract', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='hub_application', to='subscriptions.outcomecontract')),
                ('erased_on', models.DateField(null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['call', 'state', 'id'], name='hub_application_call')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'withdrawn'), _negated=True), fields=('call', 'lead'), name='hub_application_one_stands'), models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'withdrawn']), models.Q(('submitted_at__isnull', False), models.Q(('erased_on__isnull', False), models.Q(models.Q(('title', ''), _negated=True), models.Q(('plan', ''), _negated=True)), _connector='OR')), _connector='OR'), name='hub_application_submitted_whole'), models.CheckConstraint(condition=models.Q(models.Q(('contract__isnull', False), ('state', 'awarded')), models.Q(models.Q(('state', 'awarded'), _negated=True), ('contract__isnull', True)), _connector='OR'), name='hub_application_award_has_contract'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['awarded', 'declined']), _negated=True), models.Q(('decided_on__isnull', False), models.Q(models.Q(('feedback', ''), _negated=True), ('erased_on__isnull', False), _connector='OR')), _connector='OR'), name='hub_application_decided_with_feedback'), models.CheckConstraint(condition=models.Q(('erased_on__isnull', True), models.Q(('state', 'awarded'), _negated=True), _connector='OR'), name='hub_application_award_is_kept'), models.CheckConstraint(condition=models.Q(('asked_pence__isnull', True), ('asked_pence__gt', 0), _connector='OR'), name='hub_application_asks_something')],
            },
        ),
        migrations.CreateModel(
            name='HubPartner',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='partners', to='subscriptions.hubapplication')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='hub_partnerships', to='organisations.organisation')),
                ('part', models.CharField(blank=True, max_length=200)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('application', 'organisation'), name='hub_partner_once')],
            },
        ),
        migrations.CreateModel(
            name='PanelMember',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('call', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='members', to='subscriptions.hubcall')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='panels', to='organisations.person')),
                ('invited_on', models.DateField()),
                ('invited_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.person')),
                ('declared_on', models.DateField(null=True)),
                ('left_on', models.DateField(null=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('call', 'person'), name='panel_member_once')],
            },
        ),
        migrations.CreateModel(
            name='PanelInterest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('member', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='interests', to='subscriptions.panelmember')),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='interests', to='subscriptions.hubapplication')),
                ('own', models.BooleanField(default=False)),
                ('words', models.CharField(max_length=300)),
                ('declared_on', models.DateField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('member', 'application'), name='panel_interest_once'), models.CheckConstraint(condition=models.Q(('words', ''), _negated=True), name='panel_interest_says_what')],
            },
        ),
        migrations.CreateModel(
            name='PanelScore',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('member', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='scores', to='subscriptions.panelmember')),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='scores', to='subscriptions.hubapplication')),
                ('criterion', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='scores', to='subscriptions.hubcriterion')),
                ('points', models.PositiveSmallIntegerField()),
                ('words', models.CharField(blank=True, max_length=500)),
                ('scored_on', models.DateField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('member', 'application', 'criterion'), name='panel_score_once')],
            },
        ),
        migrations.CreateModel(
            name='AgreedPoints',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('application', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='agreed', to='subscriptions.hubapplication')),
                ('criterion', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='subscriptions.hubcriterion')),
                ('points', models.DecimalField(decimal_places=2, max_digits=7)),
                ('reason', models.CharField(max_length=500)),
                ('agreed_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.person')),
                ('agreed_on', models.DateField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('application', 'criterion'), name='agreed_points_once'), models.CheckConstraint(condition=models.Q(('points__gte', 0)), name='agreed_points_not_below'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='agreed_points_say_why')],
            },
        ),
        migrations.CreateModel(
            name='HubSchool',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('contract', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='hub_schools', to='subscriptions.outcomecontract')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='hubs', to='organisations.organisation')),
                ('joined_on', models.DateField()),
                ('left_on', models.DateField(null=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('left_on__isnull', True)), fields=('contract', 'organisation'), name='hub_school_once'), models.CheckConstraint(condition=models.Q(('left_on__isnull', True), ('left_on__gt', models.F('joined_on')), _connector='OR'), name='hub_school_dates')],
            },
        ),
        migrations.CreateModel(
            name='HubEngagement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('school', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='engagements', to='subscriptions.hubschool')),
                ('done_on', models.DateField()),
                ('kind', models.CharField(choices=[('meeting', 'Meeting'), ('training', 'Training'), ('visit', 'Visit'), ('coaching', 'Coaching'), ('other', 'Other')], max_length=8)),
                ('words', models.CharField(max_length=300)),
                ('hours', models.DecimalField(decimal_places=2, max_digits=6)),
                ('people', models.PositiveSmallIntegerField(default=1)),
                ('recorded_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.person')),
                ('recorded_on', models.DateField()),
                ('taken_off_on', models.DateField(null=True)),
                ('taken_off_why', models.CharField(blank=True, max_length=200)),
            ],
            options={
                'indexes': [models.Index(fields=['school', '-done_on', '-id'], name='hub_engagement_school')],
                'constraints': [models.CheckConstraint(condition=models.Q(('hours__gt', 0), ('hours__lte', 1000), ('people__gt', 0), models.Q(('words', ''), _negated=True)), name='hub_engagement_figures'), models.CheckConstraint(condition=models.Q(models.Q(('taken_off_on__isnull', True), ('taken_off_why', '')), models.Q(('taken_off_on__isnull', False), models.Q(('taken_off_why', ''), _negated=True)), _connector='OR'), name='hub_engagement_taken_off_why')],
            },
        ),
        migrations.CreateModel(
            name='ReviewPoint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('contract', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='reviews', to='subscriptions.outcomecontract')),
                ('ordinal', models.PositiveSmallIntegerField()),
                ('state', models.CharField(choices=[('planned', 'Planned'), ('held', 'Held')], default='planned', max_length=7)),
                ('due_on', models.DateField()),
                ('lead_words', models.TextField(blank=True)),
                ('held_on', models.DateField(null=True)),
                ('held_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.person')),
                ('decision', models.CharField(blank=True, choices=[('continue', 'Continue'), ('adjust', 'Adjust'), ('end', 'End')], max_length=8)),
                ('words', models.TextField(blank=True)),
                ('figures', models.JSONField(default=list)),
            ],
            options={
                'indexes': [models.Index(fields=['state', 'due_on', 'id'], name='review_point_state')],
                'constraints': [models.UniqueConstraint(fields=('contract', 'ordinal'), name='review_point_ordinal'), models.CheckConstraint(condition=models.Q(models.Q(('decision', ''), ('held_on__isnull', True), ('state', 'planned')), models.Q(('held_on__isnull', False), ('state', 'held'), models.Q(('decision', ''), _negated=True), models.Q(('words', ''), _negated=True)), _connector='OR'), name='review_point_held')],
            },
        ),
        migrations.CreateModel(
            name='HubSpend',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('contract', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='spends', to='subscriptions.outcomecontract')),
                ('ordinal', models.PositiveIntegerField()),
                ('spent_on', models.DateField()),
                ('category', models.CharField(choices=[('leader', "Leader's time"), ('cover', 'Supply cover'), ('training', 'Training and speakers'), ('materials', 'Materials'), ('venue', 'Venue and food'), ('travel', 'Travel'), ('other', 'Other')], max_length=9)),
                ('words', models.CharField(max_length=200)),
                ('pence', models.BigIntegerField()),
                ('recorded_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.person')),
                ('recorded_on', models.DateField()),
                ('taken_off_on', models.DateField(null=True)),
                ('taken_off_why', models.CharField(blank=True, max_length=200)),
            ],
            options={
                'indexes': [models.Index(fields=['contract', '-spent_on', '-id'], name='hub_spend_contract')],
                'constraints': [models.UniqueConstraint(fields=('contract', 'ordinal'), name='hub_spend_ordinal'), models.CheckConstraint(condition=models.Q(('pence__gt', 0), models.Q(('words', ''), _negated=True)), name='hub_spend_positive'), models.CheckConstraint(condition=models.Q(models.Q(('taken_off_on__isnull', True), ('taken_off_why', '')), models.Q(('taken_off_on__isnull', False), models.Q(('taken_off_why', ''), _negated=True)), _connector='OR'), name='hub_spend_taken_off_why')],
            },
        ),
        migrations.RunPython(guards, migrations.RunPython.noop),
    ]
