-- One row per production deployment that needed intervention.
--
-- grain: deployment_id
--   deployment_id      Deployment.
--   service            Service.
--   finished_at        Its end, UTC.
--   why                The strongest evidence: explicit, commit, version, rollback, revert,
--                      hotfix, service_and_time or person.
--   confidence         Of that evidence, 0 to 1.
--   evidence           Incident or remedy that says so; null where a person marked it.
--   is_inferred        True where only a tag's version says so.
--   incident_at        Start of the first of its incidents, UTC; null where it has none.
--   recovered_at       UTC; null while open.
--   recovered_by       rollback, fix, incident_resolved or flag_off; null while open.
--   recovery_id        Deployment, incident or flag event that ended it.
--   decided_by         rule, or person where the strongest evidence is a person's word.
--   reason             Why that person said so.

select
    deployment_id,
    service,
    finished_at,
    why,
    confidence,
    evidence,
    is_inferred,
    incident_at,
    recovered_at,
    recovered_by,
    recovery_id,
    decided_by,
    reason
from facts.failures
where judged_by = 'people'
