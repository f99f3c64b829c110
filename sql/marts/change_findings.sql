-- One row per thing that is missing from changes, or contradicts what is known.
--
-- grain: kind, service, subject
--   kind               What is wrong; seeds.finding_kinds says what it does.
--   service            Service that it touches; null where none is known.
--   subject            The row in question.
--   detail             What was found.
--   metrics            Metrics that it touches; null where its kind says so.
--   remedy             How to mend it; null where its kind says so.

select
    'pending change' as kind,
    service,
    change_id as subject,
    concat('merge commit ', merge_sha, ' is not in ', repository) as detail,
    cast(null as text) as metrics,
    cast(null as text) as remedy
from facts.pending_changes
union all
select
    case
        when changes.first_commit_at is null and changes.opened_at is null
            then 'change without a start'
        else 'clock runs backwards'
    end as kind,
    carried.service,
    carried.change_id as subject,
    case
        when changes.first_commit_at is null and changes.opened_at is null
            then 'neither first commit nor opening is known'
        else 'the deployment ended before the first commit was authored'
    end as detail,
    null as metrics,
    null as remedy
from facts.deployment_changes as carried
inner join facts.changes as changes
    on carried.service = changes.service and carried.change_id = changes.change_id
where carried.is_excluded and not carried.is_before_history
