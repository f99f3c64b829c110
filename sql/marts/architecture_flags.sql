-- One row per feature flag that waits for somebody, in a queue by team, oldest first: past its
-- removal date, without an owner, older than flags of its kind live, called stale and still in use,
-- archived and still in code, or a permission and so the wrong mechanism, which is never overdue.
--
-- grain: flag_id
--   team                 Team whose queue it is in: its owner, else that of its service; empty
--                        where nobody's.
--   place                Place in that queue, the oldest first.
--   flag_id              Flag, led by its source.
--   flag_key             Key of the flag.
--   project              Project of the tool; null where it has none.
--   kind                 release, experiment, ops, permission or unknown.
--   services             Services whose flag it is; empty where nobody's.
--   created_at           When it was made, UTC; null where unknown.
--   age_days             Whole days since; null where unknown.
--   removal_on           Day by which it is to be gone; null where none is planned.
--   removal_how          tag, description, table or configuration; null without such a day.
--   overdue_days         Days since then; null where it is not overdue.
--   lifetime_days        How long the tool lets flags of its kind live; null without a limit.
--   is_overdue           True when it is past its removal date.
--   lacks_owner          True when no team owns it.
--   is_past_lifetime     True when it is older than flags of its kind live.
--   is_stale_in_use      True when the tool calls it stale, and it is on or evaluated.
--   is_still_referenced  True when it is archived, and its key stands in code.
--   is_wrong_mechanism   True for a permission.
--   reference_count      Files with its key, as far as code was searched.
--   reasons              The same in words.
--   evidence_url         Page at the tool.
--   observed_at          As of when, UTC.

with used as (
    select
        states.flag_id,
        bool_or(
            states.is_enabled
            or coalesce(states.evaluated_at >= run.as_of - interval 7 day, false)
        ) as is_used
    from facts.flag_states as states
    cross join config.run as run
    where states.is_production
    group by states.flag_id
),

found as (
    select
        flag_key,
        count(*) as reference_count
    from facts.flag_references
    group by flag_key
),

owned as (
    select
        flag_services.flag_id,
        string_agg(flag_services.service, ', ' order by flag_services.service) as services,
        min(services.team) as team
    from facts.flag_services as flag_services
    inner join facts.services as services on flag_services.service = services.service
    group by flag_services.flag_id
),

judged as (
    select
        coalesce(flags.team, owned.team, '') as team,
        flags.flag_id,
        flags.flag_key,
        flags.project,
        flags.kind,
        coalesce(owned.services, '') as services,
        flags.created_at,
        cast(floor((epoch(run.as_of) - epoch(flags.created_at)) / 86400) as bigint) as age_days,
        flags.removal_on,
        flags.removal_how,
        flags.lifetime_days,
        cast(run.as_of at time zone run.time_zone as date) - flags.removal_on as days_since,
        flags.archived_at is null as is_live,
        flags.team is null as has_no_team,
        flags.kind = 'permission' as is_permission,
        flags.is_stale and coalesce(used.is_used, false) as is_stale_and_used,
        coalesce(found.reference_count, 0) as reference_count,
        flags.url as evidence_url,
        run.as_of as observed_at
    from facts.flags as flags
    left join used on flags.flag_id = used.flag_id
    left join found on flags.flag_key = found.flag_key
    left join owned on flags.flag_id = owned.flag_id
    cross join config.run as run
),

told as (
    select
        *,
        is_live and not is_permission and coalesce(days_since > 0, false) as is_overdue,
        is_live and has_no_team as lacks_owner,
        is_live and not is_permission and coalesce(age_days > lifetime_days, false)
            as is_past_lifetime,
        is_live and is_stale_and_used as is_stale_in_use,
        not is_live and reference_count > 0 as is_still_referenced,
        is_live and is_permission as is_wrong_mechanism
    from judged
)

select
    team,
    row_number() over (
        partition by team order by coalesce(created_at, observed_at), flag_id
    ) as place,
    flag_id,
    flag_key,
    project,
    kind,
    services,
    created_at,
    age_days,
    removal_on,
    removal_how,
    case when is_overdue then cast(days_since as bigint) end as overdue_days,
    lifetime_days,
    is_overdue,
    lacks_owner,
    is_past_lifetime,
    is_stale_in_use,
    is_still_referenced,
    is_wrong_mechanism,
    reference_count,
    trim(
        concat(
            case when is_overdue then concat('past its removal date by ', days_since, ' d; ') end,
            case when lacks_owner then 'no owner; ' end,
            case
                when is_past_lifetime
                    then concat('older than the ', lifetime_days, ' d of its kind; ')
            end,
            case when is_stale_in_use then 'stale and still in use; ' end,
            case
                when is_still_referenced
                    then concat('archived, and still in ', reference_count, ' files; ')
            end,
            case when is_wrong_mechanism then 'a permission: wrong mechanism; ' end
        ),
        '; '
    ) as reasons,
    evidence_url,
    observed_at
from told
where
    is_overdue or lacks_owner or is_past_lifetime or is_stale_in_use or is_still_referenced
    or is_wrong_mechanism
