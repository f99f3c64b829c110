-- One row per service: how old changes are when they are merged, what long-lived branches hold, and
-- how soon the tests of what was merged are through.
--
-- grain: service
--   service                  Service.
--   merged_count             Changes of people merged in the window that have a first commit.
--   median_age_hours         From the first commit to the merge.
--   p90_age_hours            90th percentile of the same.
--   within_day_count         Those merged within a day of the first commit.
--   within_day_rate          Their share, 0 to 1; null without changes.
--   opened_count             Those that were opened for review.
--   median_open_hours        From opening to the merge, of these.
--   open_branch_count        Branches that hold commits the default branch does not; null where
--                            branches are not known.
--   long_lived_count         Those whose first commit is older than `long_lived_days`.
--   long_lived_commit_count  Commits that these hold.
--   oldest_branch_at         Author time of the first commit of the oldest, UTC.
--   oldest_branch_sha        Its tip.
--   oldest_branch_subject    First line of the message of its first commit.
--   tested_count             Merges whose tests are through.
--   median_test_minutes      From the merge to the end of the last of them, where all are green.
--   green_count              Merges whose tests were green at first.
--   first_green_rate         Their share of tested merges, 0 to 1; null without any.

with merged as (
    select
        changes.service,
        epoch(changes.merged_at) - epoch(changes.first_commit_at) as age_seconds,
        case
            when changes.opened_at <= changes.merged_at
                then epoch(changes.merged_at) - epoch(changes.opened_at)
        end as open_seconds
    from facts.changes as changes
    cross join config.run as run
    cross join config.architecture as settings
    where
        not coalesce(changes.is_bot, false)
        and changes.first_commit_at <= changes.merged_at
        and changes.merged_at >= run.as_of - settings.window_days * interval 24 hour
),

ages as (
    select
        service,
        count(*) as merged_count,
        median(age_seconds) / 3600.0 as median_age_hours,
        quantile_cont(age_seconds, 0.9) / 3600.0 as p90_age_hours,
        count(case when age_seconds <= 86400 then 1 end) as within_day_count,
        count(open_seconds) as opened_count,
        median(open_seconds) / 3600.0 as median_open_hours
    from merged
    group by service
),

branches as (
    select
        service,
        count(sha) as open_branch_count,
        count(case when is_long_lived then 1 end) as long_lived_count,
        coalesce(cast(sum(case when is_long_lived then commit_count end) as bigint), 0)
            as long_lived_commit_count
    from facts.long_lived_branches
    group by service
),

oldest as (
    select
        service,
        sha,
        first_commit_at,
        first_subject
    from facts.long_lived_branches
    where sha is not null
    qualify row_number() over (
        partition by service order by first_commit_at nulls last, repository, sha
    ) = 1
),

tests as (
    select
        services.service,
        count(*) as tested_count,
        median(case when runs.is_green then runs.test_seconds end) / 60.0 as median_test_minutes,
        count(case when runs.is_green_at_first then 1 end) as green_count
    from facts.tested_merges as runs
    inner join facts.services as services on runs.repository = services.repository
    cross join config.run as run
    cross join config.architecture as settings
    where runs.merged_at >= run.as_of - settings.window_days * interval 24 hour
    group by services.service
)

select
    services.service,
    coalesce(ages.merged_count, 0) as merged_count,
    ages.median_age_hours,
    ages.p90_age_hours,
    coalesce(ages.within_day_count, 0) as within_day_count,
    ages.within_day_count / nullif(ages.merged_count, 0) as within_day_rate,
    coalesce(ages.opened_count, 0) as opened_count,
    ages.median_open_hours,
    branches.open_branch_count,
    branches.long_lived_count,
    branches.long_lived_commit_count,
    oldest.first_commit_at as oldest_branch_at,
    oldest.sha as oldest_branch_sha,
    oldest.first_subject as oldest_branch_subject,
    coalesce(tests.tested_count, 0) as tested_count,
    tests.median_test_minutes,
    coalesce(tests.green_count, 0) as green_count,
    tests.green_count / nullif(tests.tested_count, 0) as first_green_rate
from facts.services as services
left join ages on services.service = ages.service
left join branches on services.service = branches.service
left join oldest on services.service = oldest.service
left join tests on services.service = tests.service
