-- One row per scope and metric: what DORA's quick check of 2025 scores its last twelve finished
-- weeks with, beside what those who answered it have. There is no overall score.
--
-- grain: scope, name, metric
--   scope              service, team or organisation.
--   name               The service, the team, or the word organisation.
--   metric             One of the five metrics.
--   edition            Year of the quick check.
--   starts_on          First day of the twelve weeks.
--   ends_on            First day after them.
--   value              In its unit; null where there is none.
--   unit               per week, hours or rate.
--   n                  Deployments, changes or failed deployments behind it.
--   score              0 to 10; null where there is none.
--   said               The answer that the value gives; null for rates, scored as they are.
--   reason             Why there is no score, in words; null where there is one.
--   mean_score         Mean of all who answered.
--   sd_score           Standard deviation between their answers.
--   industry           The configured industry; null without one.
--   industry_score     Mean of those who answered from it; null without one.
--   source             Where means and deviations are from.
--   definition         Rules under which the value was counted.

select
    found.scope,
    found.name,
    found.metric,
    everybody.edition,
    found.starts_on,
    found.ends_on,
    found.value,
    found.unit,
    found.n,
    case
        when found.reason is not null then null
        when found.unit = 'rate' then 10 - 10 * found.value
        else answers.score
    end as score,
    case when found.reason is null then answers.said end as said,
    found.reason,
    everybody.mean_score,
    everybody.sd_score,
    own.industry,
    own.mean_score as industry_score,
    everybody.source,
    found.definition
from marts.band_values as found
inner join seeds.industries as everybody
    on found.metric = everybody.metric and everybody.industry = 'all'
left join seeds.quick_check as answers
    on
        found.metric = answers.metric
        and found.value >= answers.low
        and (answers.high is null or found.value < answers.high)
left join config.industry as chosen on true
left join seeds.industries as own
    on found.metric = own.metric and chosen.industry = own.industry
