-- One row per change of a repository's environments, secrets, variables and rules, and per time
-- that somebody pushed past the rules.
-- It is traced to a merged change of the repository that touched a pipeline or topology and landed
-- within the hour before, an approved one first. Without records of changes nothing is known, and
-- nothing of what is dated by the look that saw it.
--
-- grain: repository, setting_id
--   repository         Repository.
--   setting_id         Kind, name and time.
--   kind               environment, protected_environment, secret, variable, ruleset,
--                      protection (of branches, the classic way) or bypass; secret and variable
--                      with environment_ or organisation_ before it, whose they are.
--   name               Name of the setting, of an environment's with ` in ` and its name; of a
--                      bypass the branch.
--   action             made, changed, removed or bypassed.
--   changed_at         When, UTC.
--   is_sampled         True where it is the time at which the change was first seen: it happened
--                      between the look before and then.
--   unchanged_at       A sampled change happened after this, UTC: the push for which the look
--                      before was made; null elsewhere.
--   change_id          Change that it is traced to; null without one.
--   is_reviewed        yes, no or unknown; of a bypass always no.
--   evidence_url       Page of the change; null without one.

with told as (
    select settings.*
    from staging.hosts__settings as settings
    cross join config.run as run
    where settings.changed_at <= run.as_of
),

recorded as (
    select distinct repository
    from facts.pull_requests
    where merged_at is not null
),

tracing as (
    select distinct
        files.repository,
        landings.landed_at,
        requests.change_id,
        requests.approved_at,
        requests.url
    from facts.changed_files as files
    inner join facts.commit_landings as landings
        on files.repository = landings.repository and files.sha = landings.sha
    inner join facts.pull_requests as requests
        on
            files.repository = requests.repository
            and landings.landed_by = requests.merge_sha
            and requests.merged_at is not null
    where files.topic in ('pipeline', 'topology')
),

traced as (
    select
        told.repository,
        told.setting_id,
        tracing.change_id,
        tracing.approved_at,
        tracing.url
    from told
    inner join tracing
        on
            told.repository = tracing.repository
            and tracing.landed_at <= told.changed_at
            and tracing.landed_at > told.changed_at - interval 1 hour
    where told.kind <> 'bypass' and not told.is_sampled
    qualify row_number() over (
        partition by told.repository, told.setting_id
        order by (tracing.approved_at is null), tracing.landed_at desc, tracing.change_id
    ) = 1
)

select
    told.repository,
    told.setting_id,
    told.kind,
    told.name,
    told.action,
    told.changed_at,
    told.is_sampled,
    told.unchanged_at,
    traced.change_id,
    case
        when told.kind = 'bypass' then 'no'
        when traced.approved_at is not null then 'yes'
        when recorded.repository is null or told.is_sampled then 'unknown'
        else 'no'
    end as is_reviewed,
    traced.url as evidence_url
from told
left join traced
    on told.repository = traced.repository and told.setting_id = traced.setting_id
left join recorded on told.repository = recorded.repository
qualify row_number() over (
    partition by told.repository, told.setting_id order by told.source
) = 1
