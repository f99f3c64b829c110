-- One row per kind of finding about the data: what it does to which metrics, and how to mend it.
--
-- grain: kind
--   kind               What is wrong.
--   metrics            Metrics that it touches, commas between; empty where it touches none.
--   effect             What it does to the numbers.
--   remedy             How to mend it, where the finding itself does not say it better.

with told as (
    select kinds.*
    from (
        values
        ('rejected row', 'all', 'The row is in no number.', 'Mend the line and refresh.'),
        (
            'unknown commit', 'lead',
            'Its changes wait for a later deployment, so lead times may be too long.',
            'Fetch the branch that it was built from, or name the right repository.'
        ),
        (
            'deployment without a commit', 'lead and failures',
            'Its changes wait for a later deployment, so lead times may be too long.',
            'Tell the sha with the deployment.'
        ),
        (
            'deployment never ended', 'frequency and failures',
            'It counts neither as a success nor as a failure.', 'Tell its end at the source.'
        ),
        (
            'deployments that explain nothing', 'frequency and lead',
            'What they brought is not known: they count, and no lead time comes of them.',
            'Tell sha or version with each deployment, and give access to the repository.'
        ),
        (
            'pending change', 'lead', 'It has no lead time yet and is not shown as waiting.',
            'Refresh once the clone has the commit.'
        ),
        (
            'change without a start', 'lead', 'It has no lead time.',
            'Tell first_commit_at or opened_at with the change.'
        ),
        (
            'clock runs backwards', 'lead', 'It has no lead time.',
            'Check the clock of the machine that made the commit.'
        ),
        (
            'incident resolved before it began', 'recovery',
            'It ends a failure at once, so recovery looks shorter than it was.',
            'Mend the times at the source.'
        ),
        (
            'incident without a service', 'failures',
            'It can be blamed on no deployment unless it names one.',
            'Claim it under services[].incidents, or name the service at its source.'
        ),
        (
            'link below the confidence', 'failures',
            'It counts against no deployment, so the fail rate may be too low.',
            'Name the deployment, sha or version in the incident, or link it in overrides.yaml.'
        ),
        (
            'override without effect', 'failures', 'What it says of a failure is in no number.',
            'Mend the entry; `drumbeat explain` shows the ids of deployments and incidents.'
        ),
        (
            'service without a deployment', 'all', 'It is in no number.',
            'Check services[].deployments: its source, and its tags or environments.'
        ),
        (
            'deployments of no service', 'all', 'They are in no number.',
            'Add the service, or name it under services[].aliases.'
        ),
        (
            'second source of deployments', 'none',
            'They are evidence only: the service takes its deployments from another source.',
            'Name the source under services[].deployments.source.'
        ),
        (
            'repository of no service', 'all', 'They are in no number.',
            'Add a service with that repository.'
        ),
        (
            'repository is gone', 'all', 'What was collected stays; nothing new comes.',
            'If it still exists, give the token access; else set retired_on.'
        ),
        (
            'history is still being read', 'all', 'Numbers of earlier weeks are too small.',
            'Refresh again; the next one goes on.'
        ),
        (
            'source is silent', 'all',
            'If the source is late and not only quiet, the newest weeks are too small.',
            'Ask the tool whether it has newer ones; `drumbeat doctor` tests the access.'
        ),
        (
            'source without a record', 'all', 'What it would tell is in no number.',
            'Check its settings with `drumbeat doctor`, or leave the source out.'
        ),
        (
            'unknown event', 'all', 'They are kept, and in no number.',
            'If they tell of deployments or incidents, send them as plain events.'
        )
    ) as kinds (kind, touches, effect, remedy)
)

select
    kind,
    case touches
        when 'all'
            then concat(
                'deployment_frequency, change_lead_time, change_fail_rate, ',
                'recovery_time, rework_rate'
            )
        when 'lead' then 'change_lead_time'
        when 'failures' then 'change_fail_rate, recovery_time, rework_rate'
        when 'recovery' then 'recovery_time'
        when 'frequency and lead' then 'deployment_frequency, change_lead_time'
        when 'lead and failures'
            then 'change_lead_time, change_fail_rate, recovery_time, rework_rate'
        when 'frequency and failures' then 'deployment_frequency, change_fail_rate'
        else ''
    end as metrics,
    effect,
    remedy
from told
