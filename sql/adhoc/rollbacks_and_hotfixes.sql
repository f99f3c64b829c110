-- How much of what each service ships goes back, or mends what it shipped before?

select
    service,
    count(*) as deployment_count,
    count(*) filter (where is_rollback) as rollback_count,
    count(*) filter (where is_hotfix) as hotfix_count,
    round(count(*) filter (where is_rework) / count(*), 3) as rework_rate
from facts.rollouts
group by service
order by rework_rate desc, service
