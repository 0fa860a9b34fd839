-- Secrets, sealed. Each statement is a whole change: nothing is decided between two of them.

-- name: secret
select tenant, name, sealed, at
from statewright_secrets
where tenant = :tenant and name = :secret;

-- name: secrets
select tenant, name, sealed, at
from statewright_secrets
where tenant > :tenant or (tenant = :tenant and name > :secret)
order by tenant, name
limit :limit;

-- name: put_secret
insert into statewright_secrets (tenant, name, sealed, at)
values (:tenant, :secret, :sealed, :at)
on conflict (tenant, name) do update set sealed = excluded.sealed, at = excluded.at;

-- name: reseal_secret
-- Nothing where it is not the one that was seen.
update statewright_secrets
set sealed = :sealed
where tenant = :tenant and name = :secret and sealed = :seen
returning name;

-- name: remove_secret
delete from statewright_secrets
where tenant = :tenant and name = :secret
returning name;
