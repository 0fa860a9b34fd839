-- Statements that every database understands. Parameters are `:names`; a cast says their type to
-- PostgreSQL where nothing else does.

-- name: publish
-- The next version; nothing where somebody else was just taking it.
insert into statewright_publications (tenant, flow, version, label, digest, at, release)
select cast(:tenant as text), cast(:flow as text), coalesce(max(version), 0) + 1,
       cast(:label as text), cast(:digest as text), cast(:at as bigint), cast(:release as text)
from statewright_publications
where tenant = :tenant and flow = :flow
on conflict do nothing
returning version;

-- name: publication
select tenant, flow, version, label, digest, at
from statewright_publications
where tenant = :tenant and flow = :flow
  and (cast(:version as bigint) is null or version = :version)
  and (cast(:label as text) is null or label = :label)
order by version desc
limit 1;

-- name: publications
select tenant, flow, version, label, digest, at
from statewright_publications
where tenant = :tenant
  and (cast(:flow as text) = '' or flow = :flow)
  and (flow > :after_flow or (flow = :after_flow and version < :after_version))
order by flow, version desc
limit :limit;

-- name: newest
select p.tenant, p.flow, p.version, p.label, p.digest, p.at
from statewright_publications p
where p.tenant = :tenant and p.flow > :after
  and p.version = (
    select max(q.version)
    from statewright_publications q
    where q.tenant = p.tenant and q.flow = p.flow
  )
order by p.flow
limit :limit;

-- name: keep
-- Nothing where there is one with this key already.
insert into statewright_receipts (tenant, key, request, answer, at)
values (:tenant, :key, :request, :answer, :at)
on conflict do nothing
returning key;

-- name: receipt
select tenant, key, request, answer, at
from statewright_receipts
where tenant = :tenant and key = :key;

-- name: receipted
-- As for `tenants`.
with recursive found (tenant) as (
  select min(tenant) from statewright_receipts where tenant > :after
  union all
  select (select min(s.tenant) from statewright_receipts s where s.tenant > f.tenant)
  from found f
  where f.tenant is not null
)
select tenant from found where tenant is not null limit :limit;

-- name: forget_receipts
delete from statewright_receipts
where tenant = :tenant and key in (
  select key from statewright_receipts
  where tenant = :tenant and at < :before
  order by at, key
  limit :limit)
returning key;

-- name: release
select release
from statewright_publications
where tenant = :tenant and flow = :flow and version = :version;

-- name: conversation
select c.flow, c.episode, c.session, coalesce(s.status, 'completed') as status
from statewright_conversations c
left join statewright_sessions s on s.tenant = c.tenant and s.session = c.session
where c.tenant = :tenant and c.channel = :channel and c.conversation = :conversation
order by c.flow;

-- name: history
select revision, message, position, at, version, event, answer, effects, incidents, state_hash
from statewright_history
where tenant = :tenant and session = :session and revision > :after
order by revision
limit :limit;

-- name: age
select created_at
from statewright_sessions
where tenant = :tenant and session = :session;

-- name: sessions
select tenant, session, revision, version, status, due_at, created_at, updated_at,
       flow, channel, conversation, episode, contact, secret_hash
from statewright_sessions
where tenant = :tenant
  and (created_at, session) < (:created_at, :session)
  and (cast(:flow as text) = '' or flow = :flow)
  and (cast(:status as text) = '' or status = :status)
order by created_at desc, session desc
limit :limit;

-- name: tenants
-- One look into the index for each tenant, however many sessions it has.
with recursive found (tenant) as (
  select min(tenant) from statewright_sessions where tenant > :after
  union all
  select (select min(s.tenant) from statewright_sessions s where s.tenant > f.tenant)
  from found f
  where f.tenant is not null
)
select tenant from found where tenant is not null limit :limit;

-- name: idle
-- Read by age: an index by the last turn would have to be written with every turn.
select tenant, session, revision, version, status, due_at, created_at, updated_at,
       flow, channel, conversation, episode, contact, secret_hash
from statewright_sessions
where tenant = :tenant and created_at < :before and updated_at < :before
  and (created_at, session) > (:created_at, :session)
order by created_at, session
limit :limit;

-- name: pending
select tenant, session, revision, ordinal, key, kind, stream, payload, attempts,
       available_at as at, result
from statewright_outbox
where tenant = :tenant and available_at is not null
  and (available_at, session, revision, ordinal) > (:at, :session, :revision, :ordinal)
order by available_at, session, revision, ordinal
limit :limit;

-- name: failed
select tenant, session, revision, ordinal, key, kind, stream, payload, attempts,
       failed_at as at, result
from statewright_outbox
where tenant = :tenant and failed_at is not null
  and (failed_at, session, revision, ordinal) > (:at, :session, :revision, :ordinal)
order by failed_at, session, revision, ordinal
limit :limit;

-- name: tallied
select tenant, name
from statewright_tallies
where (tenant, name) > (:tenant, :tally)
order by tenant, name
limit :limit;
