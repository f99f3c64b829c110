-- What is merged and not in production yet, the oldest first?

select
    waiting.service,
    services.team,
    waiting.change_id,
    waiting.title,
    waiting.waiting_hours,
    waiting.url
from marts.waiting_changes as waiting
inner join facts.services as services on waiting.service = services.service
order by waiting.waiting_hours desc, waiting.change_id
