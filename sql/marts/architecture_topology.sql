-- One row per service: where its topology is changed, and what code waits for.
-- Changes by bots, and those in which nothing but images moved, are left out. What is not known to
-- be a bot's, or to be an image alone, counts.
--
-- grain: service
--   service                 Service.
--   window_starts_on        First day that counts.
--   change_count            Changes of its topology.
--   same_change_count       Those that came with code, in one change.
--   same_repository_count   Those in its repository, in a change of their own.
--   same_team_count         Those in another repository of the same team.
--   other_team_count        Those in a repository of another team.
--   unknown_count           Those of which it is not known whose the repository is.
--   same_change_rate        Share of the first, 0 to 1; null without changes.
--   median_wait_hours       From the merge of code to that of topology, where not in one change.
--   wait_count              Changes that it is the median of.
--   is_readable             yes where its repository holds its manifests, no where only others do,
--                           unknown where no manifest of it is known.
--   was_with_code           yes where its latest topology change was in the same change as code,
--                           no where it was not, else unknown.
--   latest_at               That change, UTC.
--   latest_sha              Its commit.

with windows as (
    select
        cast(run.as_of at time zone calendar.time_zone as date)
        - cast(settings.window_days as integer) as starts_on
    from config.run as run
    cross join config.calendar as calendar
    cross join config.architecture as settings
),

counted as (
    select changes.*
    from facts.topology_changes as changes
    cross join windows
    cross join config.calendar as calendar
    where
        not coalesce(changes.is_bot, false)
        and not coalesce(changes.is_image_only, false)
        and cast(changes.landed_at at time zone calendar.time_zone as date) >= windows.starts_on
),

totals as (
    select
        service,
        count(*) as change_count,
        count(case when place = 'same_change' then 1 end) as same_change_count,
        count(case when place = 'same_repository' then 1 end) as same_repository_count,
        count(case when place = 'same_team' then 1 end) as same_team_count,
        count(case when place = 'other_team' then 1 end) as other_team_count,
        count(case when place = 'unknown' then 1 end) as unknown_count,
        median(wait_seconds) / 3600.0 as median_wait_hours,
        count(wait_seconds) as wait_count
    from counted
    group by service
),

latest as (
    select
        service,
        commit_sha,
        landed_at,
        place
    from counted
    qualify row_number() over (
        partition by service order by landed_at desc, repository, commit_sha
    ) = 1
),

listed as (
    select distinct repository from staging.git__heads
),

-- Without a clone, what was changed and not deleted since is there.
present as (
    select
        repository,
        path
    from staging.git__head_files
    union all
    select
        files.repository,
        files.path
    from facts.changed_files as files
    inner join facts.commits as commits
        on files.repository = commits.repository and files.sha = commits.sha
    left join listed on files.repository = listed.repository
    where files.topic = 'topology' and listed.repository is null
    qualify row_number() over (
        partition by files.repository, files.path order by commits.committed_at desc, commits.sha
    ) = 1 and files.status <> 'D'
),

held as (
    select
        owners.service,
        bool_or(owners.repository = services.repository) as is_beside
    from facts.manifest_owners as owners
    inner join present
        on owners.repository = present.repository and owners.path = present.path
    inner join facts.services as services on owners.service = services.service
    group by owners.service
)

select
    services.service,
    windows.starts_on as window_starts_on,
    coalesce(totals.change_count, 0) as change_count,
    coalesce(totals.same_change_count, 0) as same_change_count,
    coalesce(totals.same_repository_count, 0) as same_repository_count,
    coalesce(totals.same_team_count, 0) as same_team_count,
    coalesce(totals.other_team_count, 0) as other_team_count,
    coalesce(totals.unknown_count, 0) as unknown_count,
    totals.same_change_count / nullif(totals.change_count, 0) as same_change_rate,
    totals.median_wait_hours,
    coalesce(totals.wait_count, 0) as wait_count,
    case
        when held.is_beside then 'yes'
        when held.service is not null then 'no'
        else 'unknown'
    end as is_readable,
    case
        when latest.place = 'same_change' then 'yes'
        when latest.place <> 'unknown' then 'no'
        else 'unknown'
    end as was_with_code,
    latest.landed_at as latest_at,
    latest.commit_sha as latest_sha
from facts.services as services
cross join windows
left join totals on services.service = totals.service
left join latest on services.service = latest.service
left join held on services.service = held.service
