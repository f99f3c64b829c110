-- One row per time at which a version was given copies of real traffic.
--
-- grain: shadow_id
--   shadow_id          The source's own id, led by the source.
--   service            Service.
--   environment        Environment as the source names it.
--   commit_sha         Commit that had the copies; null where unknown.
--   version            Version that had the copies; null where unknown.
--   started_at         Start, UTC.
--   finished_at        End, UTC; null where unknown.
--   verdict            matched or differed; null where nobody compared the answers.
--   source             Name of the source in the configuration.
--   url                Page at the source.

select
    concat(shadows.source, ':', shadows.shadow_id) as shadow_id,
    services.service,
    shadows.environment,
    shadows.commit_sha,
    shadows.version,
    shadows.started_at,
    case when shadows.finished_at <= cut.cut_at then shadows.finished_at end as finished_at,
    case
        when coalesce(shadows.finished_at, shadows.started_at) <= cut.cut_at then shadows.verdict
    end as verdict,
    shadows.source,
    shadows.url
from staging.delivery__shadows as shadows
left join config.aliases as aliases on shadows.service = aliases.alias
inner join facts.services as services
    on coalesce(aliases.service, shadows.service) = services.service
cross join facts.cut as cut
where shadows.started_at <= cut.cut_at
