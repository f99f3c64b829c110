-- One row per commit of a default branch whose tests are through: workflow runs, pipelines or jobs
-- that `architecture.tests` names.
-- Of a run that was run again only the last attempt is known: it was not green at first.
--
-- grain: repository, sha
--   repository         Repository.
--   sha                Commit that landed.
--   merged_at          When it landed, UTC.
--   run_count          Runs of tests on it.
--   is_green           True when all of them ended green.
--   is_green_at_first  True when all of them did so at once.
--   test_seconds       From the merge to the end of the last; null where that was before.

with names as (
    select distinct
        coalesce(name, '') as name,
        coalesce(path, '') as path
    from staging.hosts__runs
),

-- A pattern that is no literal is compiled for every row, so it meets distinct names alone.
testing as (
    select names.*
    from names
    cross join config.architecture as settings
    where
        regexp_matches(names.name, settings.tests_pattern)
        or regexp_matches(names.path, settings.tests_pattern)
)

select
    landings.repository,
    landings.sha,
    max(landings.landed_at) as merged_at,
    count(*) as run_count,
    bool_and(runs.status = 'success') as is_green,
    bool_and(runs.status = 'success' and runs.attempt = 1) as is_green_at_first,
    case
        when max(runs.finished_at) >= max(landings.landed_at)
            then cast(epoch(max(runs.finished_at)) - epoch(max(landings.landed_at)) as bigint)
    end as test_seconds
from facts.commit_landings as landings
inner join staging.hosts__runs as runs
    on landings.repository = runs.repository and landings.sha = runs.commit_sha
inner join testing
    on coalesce(runs.name, '') = testing.name and coalesce(runs.path, '') = testing.path
cross join facts.cut as cut
where landings.sha = landings.landed_by
group by landings.repository, landings.sha
having bool_and(runs.status in ('success', 'failure') and runs.finished_at <= cut.cut_at)
