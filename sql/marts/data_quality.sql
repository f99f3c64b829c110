-- One row per thing that the data lacks or contradicts, with what it does to which metric.
--
-- grain: kind, service, subject
--   kind               What is wrong.
--   service            Service that it touches; null where none is known.
--   subject            The row in question.
--   detail             What was found.
--   metrics            Metrics that it touches, commas between; empty where it touches none.
--   effect             What it does to the numbers.
--   remedy             How to mend it.

with findings as (
    select * from marts.deployment_findings
    union all
    select * from marts.change_findings
    union all
    select * from marts.incident_findings
    union all
    select * from marts.service_findings
    union all
    select * from marts.source_findings
)

select
    findings.kind,
    findings.service,
    findings.subject,
    findings.detail,
    coalesce(findings.metrics, kinds.metrics) as metrics,
    kinds.effect,
    coalesce(findings.remedy, kinds.remedy) as remedy
from findings
inner join seeds.finding_kinds as kinds on findings.kind = kinds.kind
