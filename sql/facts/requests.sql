-- One row per pull request, merged or open, as other tools read it: without our own rules on what
-- a change is, whose it is or which author is a bot.
--
-- grain: change_id
--   change_id          The source's own id, led by the source where two sources use the same one.
--   service            Service that it names; null where its repository tells.
--   repository         Repository, its service's where it names none.
--   is_known           True when the commits of its repository are known.
--   first_commit_at    Author time of the first commit, UTC; null where unknown.
--   opened_at          Opened, UTC.
--   ready_at           Ready for review, UTC; null where it never was a draft.
--   first_review_at    First review by somebody else, UTC.
--   approved_at        Approved, UTC.
--   merged_at          Merged, UTC; null while open.
--   merge_sha          Commit that landed it.
--   deployment_id      Deployment that carried it, where the source says so.
--   is_revert          True when its title, label or branch says that it takes a change back.
--   reverted_title     Title of what it takes back, where its own title tells it.
--   is_hotfix          True when its title, label or branch says so, by the organisation's rules.
--   from_branch        Stands for its branch, which may name somebody; null where unknown.
--   into_branch        Stands for the branch that it is merged into; null where unknown.
--   title              Title.
--   url                Page at the source.

with known as (
    select distinct repository from facts.commits
),

hotfixes as (
    select distinct requests.change_id
    from facts.pull_requests as requests
    inner join config.hotfix_patterns as patterns
        on
            patterns.service = ''
            and case patterns.field
                when 'branch' then lower(requests.branch)
                when 'label' then requests.labels
                else lower(requests.title)
            end like patterns.pattern escape '~'
)

select
    requests.change_id,
    requests.service,
    requests.repository,
    known.repository is not null as is_known,
    requests.first_commit_at,
    requests.opened_at,
    requests.ready_at,
    requests.first_review_at,
    requests.approved_at,
    requests.merged_at,
    requests.merge_sha,
    requests.deployment_id,
    coalesce(starts_with(requests.title, 'Revert "'), false)
    or coalesce(requests.labels like '%;revert;%', false)
    or coalesce(lower(requests.branch) like 'revert-%', false)
    or coalesce(lower(requests.branch) like 'revert/%', false) as is_revert,
    case
        when starts_with(requests.title, 'Revert "') and requests.title like '%"'
            then substr(requests.title, 9, length(requests.title) - 9)
    end as reverted_title,
    hotfixes.change_id is not null as is_hotfix,
    md5(requests.branch) as from_branch,
    md5(requests.base_branch) as into_branch,
    requests.title,
    requests.url
from facts.pull_requests as requests
left join known on requests.repository = known.repository
left join hotfixes on requests.change_id = hotfixes.change_id
