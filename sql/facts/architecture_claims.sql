-- One row per claim of the configuration: what people say of a service and nothing measures.
--
-- grain: claim_id
--   claim_id           Number of the claim in the configuration.
--   service            Service.
--   kind               drill, runbook, in_flight or shadow.
--   state              claimed, or stale from the day on which it expires.
--   says               What is claimed.
--   owner              Team that answers for it.
--   claimed_on         Day it was true.
--   expires_on         From this day on it is stale.
--   evidence_url       Where it can be read.

select
    claims.claim_id,
    coalesce(aliases.service, claims.service) as service,
    claims.kind,
    case when run.today >= claims.expires_on then 'stale' else 'claimed' end as state,
    claims.says,
    claims.owner,
    claims.claimed_on,
    claims.expires_on,
    claims.evidence_url
from config.claims as claims
left join config.aliases as aliases on claims.service = aliases.alias
cross join facts.today as run
where claims.claimed_on <= run.today
