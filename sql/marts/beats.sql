-- One row per counted production deployment of the last 84 days: a tick of the beat strip.
--
-- grain: service, rollout_id
--   service            Service.
--   rollout_id         Deployment.
--   finished_at        Its end, UTC.
--   is_failed          True when it needed intervention.

select
    rollouts.service,
    rollouts.rollout_id,
    rollouts.finished_at,
    rollouts.is_failed
from facts.rollouts as rollouts
cross join config.run as run
where rollouts.finished_at > run.as_of - interval 84 day
