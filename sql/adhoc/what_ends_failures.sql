-- What ends failures, and how long does each way take?
-- Medians are of those that are over; recovery time itself counts open ones too.

select
    coalesce(recovered_by, 'still open') as ended_by,
    count(*) as failure_count,
    round(
        median(epoch(recovered_at) - epoch(recovery_began_at)) / 3600.0, 2
    ) as median_hours
from facts.rollouts
where is_failed
group by recovered_by
order by failure_count desc, ended_by
