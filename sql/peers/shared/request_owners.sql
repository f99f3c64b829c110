-- One row per pull request and service that it belongs to: the one that it names, else those that
-- are of its repository or were deployed from it, else the only one there is.
--
-- grain: change_id, service
--   change_id          Pull request.
--   service            Service.

with places as (
    select
        service,
        repository
    from facts.services
    union
    select
        service,
        repository
    from facts.deployments
),

owned as (
    select
        requests.change_id,
        services.service
    from facts.requests as requests
    inner join facts.services as services on requests.service = services.service
    union
    select
        requests.change_id,
        places.service
    from facts.requests as requests
    inner join places on requests.repository = places.repository
    where requests.service is null
),

only_services as (
    select min(service) as service
    from facts.services
    having count(*) = 1
)

select
    change_id,
    service
from owned
union
select
    requests.change_id,
    singles.service
from facts.requests as requests
cross join only_services as singles
left join owned on requests.change_id = owned.change_id
where owned.change_id is null
