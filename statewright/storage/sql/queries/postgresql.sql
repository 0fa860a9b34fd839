-- Statements in the words of PostgreSQL. Each is a transaction of its own. Batches come as JSON,
-- one parameter a table: a parameter for each column costs the driver four times as much. But what
-- every turn writes that is long comes in arrays of its own beside that, in the same order, for JSON
-- within JSON has to be escaped, looked through and made plain again.
--
-- Nothing deadlocks: sessions are locked in the order of their keys and skipped where they are
-- locked; whatever has to be waited for is inserted or locked in the order of its key, table after
-- table. (An update alone locks rows in the order of its plan, and keeps locked what it has waited
-- for and then has no use for.)

-- name: load
select l.number,
       s.tenant, s.session, s.revision, s.version, s.status, s.due_at, s.created_at, s.updated_at,
       s.flow, s.channel, s.conversation, s.episode, s.contact, s.secret_hash,
       s.state_hash, s.snapshot,
       h.revision as handled, h.answer,
       (select c.data from statewright_profiles c
        where c.tenant = l.tenant and c.contact = coalesce(s.contact, l.contact)
          and c.contact <> '') as contact_data,
       (select t.data from statewright_profiles t
        where t.tenant = l.tenant and t.contact = '') as tenant_data,
       (select cast(json_agg(json_build_array(i.position, i.message, i.body, i.at)
                             order by i.position) as text)
        from (select * from statewright_inbox w
              where w.tenant = l.tenant and w.session = l.session
                and not exists (
                  select from statewright_history g
                  where g.tenant = w.tenant and g.session = w.session and g.message = w.message)
              order by w.position
              limit :waiting) i) as inbox,
       (select max(i.position) from statewright_inbox i
        where i.tenant = l.tenant and i.session = l.session) as last
from json_to_recordset(cast(:lookups as json)) as l(
       number bigint, tenant text, session text, message text, contact text)
left join statewright_sessions s on s.tenant = l.tenant and s.session = l.session
left join statewright_history h
  on h.tenant = l.tenant and h.session = l.session and h.message = l.message
order by l.number;

-- name: commit
-- The sessions whose turns were committed. A session is free where it is at the expected revision
-- and none of its messages was handled before; both are looked up as of the start of the statement,
-- and a session that changed since then is no longer at that revision when it is locked. Where its
-- state was recalled, not loaded, it has to be this one, and nothing may wait in its inbox.
with turn as materialized (
  select * from rows from (
    json_to_recordset(cast(:sessions as json)) as (
      tenant text, session text, expected bigint, revision bigint, version bigint, status text,
      due_at bigint, created_at bigint, updated_at bigint, flow text, channel text,
      conversation text, episode bigint, contact text, secret_hash text, state_hash text,
      recalled text),
    unnest(cast(:snapshots as text[]))
  ) as t(
    tenant, session, expected, revision, version, status, due_at, created_at, updated_at, flow,
    channel, conversation, episode, contact, secret_hash, state_hash, recalled, snapshot)
),
past as materialized (
  select * from rows from (
    json_to_recordset(cast(:history as json)) as (
      tenant text, session text, revision bigint, message text, position bigint, at bigint,
      version bigint, state_hash text, incidents text),
    unnest(cast(:events as text[])),
    unnest(cast(:answers as text[])),
    unnest(cast(:effects as text[]))
  ) as p(
    tenant, session, revision, message, position, at, version, state_hash, incidents, event, answer,
    effects)
),
handled as materialized (
  select h.tenant, h.session
  from past p
  join statewright_history h
    on h.tenant = p.tenant and h.session = p.session and h.message = p.message
),
free as (
  select s.tenant, s.session
  from turn t
  join statewright_sessions s on s.tenant = t.tenant and s.session = t.session
  where t.expected > 0 and s.revision = t.expected
    and not exists (
      select from handled h where h.tenant = t.tenant and h.session = t.session)
    and (t.recalled = ''
         or s.state_hash = t.recalled
            and (select min(i.position) from statewright_inbox i
                 where i.tenant = t.tenant and i.session = t.session) is null)
  order by s.tenant, s.session
  for no key update of s skip locked
),
moved as (
  update statewright_sessions s
  set revision = t.revision, version = t.version, status = t.status, due_at = t.due_at,
      held_until = 0, updated_at = t.updated_at, state_hash = t.state_hash, snapshot = t.snapshot
  from turn t
  join free f on f.tenant = t.tenant and f.session = t.session
  where s.tenant = t.tenant and s.session = t.session and s.revision = t.expected
  returning s.tenant, s.session, s.contact
),
born as (
  insert into statewright_sessions (
    tenant, session, revision, version, status, due_at, held_until, created_at, updated_at, flow,
    channel, conversation, episode, contact, secret_hash, state_hash, snapshot)
  select tenant, session, revision, version, status, due_at, 0, created_at, updated_at, flow,
         channel, conversation, episode, contact, secret_hash, state_hash, snapshot
  from turn
  where expected = 0
  order by tenant, session
  on conflict do nothing
  returning tenant, session, contact
),
won as (
  select tenant, session, contact from moved
  union all
  select tenant, session, contact from born
),
begun as (
  insert into statewright_conversations as c (
    tenant, channel, conversation, flow, episode, session)
  select distinct on (t.tenant, t.channel, t.conversation, t.flow)
         t.tenant, t.channel, t.conversation, t.flow, t.episode, t.session
  from turn t
  join born b on b.tenant = t.tenant and b.session = t.session
  order by t.tenant, t.channel, t.conversation, t.flow, t.episode desc
  on conflict (tenant, channel, conversation, flow) do update
  set episode = excluded.episode, session = excluded.session
  where c.episode < excluded.episode
),
recorded as (
  insert into statewright_history (
    tenant, session, revision, message, position, at, version, state_hash, event, answer, effects,
    incidents)
  select p.tenant, p.session, p.revision, p.message, p.position, p.at, p.version, p.state_hash,
         p.event, p.answer, p.effects, p.incidents
  from past p
  join won w on w.tenant = p.tenant and w.session = p.session
),
answered as (
  delete from statewright_inbox i
  using past p
  join won w on w.tenant = p.tenant and w.session = p.session
  where p.position > 0
    and i.tenant = p.tenant and i.session = p.session and i.position = p.position
),
asked as (
  insert into statewright_outbox (
    tenant, session, revision, ordinal, key, kind, stream, attempts, token, available_at, payload)
  select o.tenant, o.session, o.revision, o.ordinal, o.key, o.kind, o.stream, 0, '',
         o.available_at, o.payload
  from rows from (
    json_to_recordset(cast(:outbox as json)) as (
      tenant text, session text, revision bigint, ordinal integer, key text, kind text,
      stream text, available_at bigint),
    unnest(cast(:payloads as text[]))
  ) as o(tenant, session, revision, ordinal, key, kind, stream, available_at, payload)
  join won w on w.tenant = o.tenant and w.session = o.session
)
select tenant, session, contact from won;

-- name: standing
-- For each turn: revision of the session, the hash of its state where nothing waits in its inbox,
-- its contact, and the answer to the message where it was handled.
select k.number, s.revision,
       case when (select min(i.position) from statewright_inbox i
                  where i.tenant = k.tenant and i.session = k.session) is null
            then s.state_hash end as quiet,
       s.contact, h.revision as handled, h.answer
from json_to_recordset(cast(:turns as json)) as k(
       number bigint, tenant text, session text, message text)
left join statewright_sessions s on s.tenant = k.tenant and s.session = k.session
left join statewright_history h
  on h.tenant = k.tenant and h.session = k.session and h.message = k.message
order by k.number;

-- name: profiles
-- The rows, made where they were missing, and locked until the end of the transaction.
insert into statewright_profiles as p (tenant, contact, data)
select tenant, contact, '{}'
from json_to_recordset(cast(:owners as json)) as o(tenant text, contact text)
order by tenant, contact
on conflict (tenant, contact) do update set data = p.data
returning tenant, contact, data;

-- name: patch
update statewright_profiles p
set data = d.data
from json_to_recordset(cast(:profiles as json)) as d(tenant text, contact text, data text)
where p.tenant = d.tenant and p.contact = d.contact;

-- name: accept
with message as materialized (
  select * from json_to_recordset(cast(:messages as json)) as m(
    number bigint, tenant text, session text, message text, at bigint, held_until bigint, body text)
),
fresh as materialized (
  select m.*,
         row_number() over (partition by m.tenant, m.session order by m.number) as place,
         count(*) over (partition by m.tenant, m.session) as total
  from message m
  where not exists (
      select from statewright_inbox i
      where i.tenant = m.tenant and i.session = m.session and i.message = m.message)
    and not exists (
      select from statewright_history h
      where h.tenant = m.tenant and h.session = m.session and h.message = m.message)
),
counted as (
  insert into statewright_mailboxes as b (tenant, session, position, look_at)
  select tenant, session, max(total), min(held_until) from fresh
  group by tenant, session
  order by tenant, session
  on conflict (tenant, session) do update
  set position = b.position + excluded.position,
      look_at = case when b.position > b.cleared then least(b.look_at, excluded.look_at)
                     else excluded.look_at end
  returning tenant, session, position
)
insert into statewright_inbox (tenant, session, position, message, at, held_until, body)
select f.tenant, f.session, c.position - f.total + f.place, f.message, f.at, f.held_until, f.body
from fresh f
join counted c on c.tenant = f.tenant and c.session = f.session
order by f.tenant, f.session, f.place
on conflict do nothing;

-- name: positions
select m.number, coalesce(i.position, h.position) as position
from json_to_recordset(cast(:messages as json)) as m(
       number bigint, tenant text, session text, message text)
left join statewright_inbox i
  on i.tenant = m.tenant and i.session = m.session and i.message = m.message
left join statewright_history h
  on h.tenant = m.tenant and h.session = m.session and h.message = m.message
order by m.number;

-- name: look
-- Sessions in which messages may wait that nobody handles, with their last positions.
with behind as (
  select tenant, session
  from statewright_mailboxes
  where position > cleared and look_at <= :now
  order by look_at
  limit :limit
  for no key update skip locked
)
update statewright_mailboxes b
set look_at = :held_until
from behind o
where b.tenant = o.tenant and b.session = o.session
returning b.tenant, b.session, b.position;

-- name: forget
-- Messages in the inbox that were handled by another way at the moment they were accepted.
with handled as (
  select i.tenant, i.session, i.position
  from json_to_recordset(cast(:mailboxes as json)) as k(tenant text, session text)
  join statewright_inbox i on i.tenant = k.tenant and i.session = k.session
  where exists (
    select from statewright_history h
    where h.tenant = i.tenant and h.session = i.session and h.message = i.message)
  order by i.tenant, i.session, i.position
  for update of i skip locked
)
delete from statewright_inbox i
using handled h
where i.tenant = h.tenant and i.session = h.session and i.position = h.position;

-- name: wait
-- The first message that waits in each session, and until when it was held.
select i.tenant, i.session, i.position, i.held_until
from json_to_recordset(cast(:mailboxes as json)) as k(tenant text, session text)
cross join lateral (
  select * from statewright_inbox w
  where w.tenant = k.tenant and w.session = k.session
  order by w.position
  limit 1) i;

-- name: lend
with head as (
  select i.tenant, i.session, i.position
  from json_to_recordset(cast(:heads as json)) as k(tenant text, session text, position bigint)
  join statewright_inbox i
    on i.tenant = k.tenant and i.session = k.session and i.position = k.position
  order by i.tenant, i.session, i.position
  for no key update of i skip locked
)
update statewright_inbox i
set held_until = :held_until
from head h
where i.tenant = h.tenant and i.session = h.session and i.position = h.position;

-- name: put_off
-- Of messages that came since then, `position` tells.
with seen as (
  select b.tenant, b.session, k.position, k.held_until
  from statewright_mailboxes b
  join json_to_recordset(cast(:mailboxes as json)) as k(
         tenant text, session text, position bigint, held_until bigint)
    on b.tenant = k.tenant and b.session = k.session
  order by b.tenant, b.session
  for no key update of b
)
update statewright_mailboxes b
set cleared = case when s.held_until is null then greatest(b.cleared, s.position)
                   else b.cleared end,
    look_at = least(b.look_at, s.held_until)
from seen s
where b.tenant = s.tenant and b.session = s.session;

-- name: due
with late as (
  select tenant, session
  from statewright_sessions
  where due_at <= :now and held_until <= :now
  order by due_at
  limit :limit
  for no key update skip locked
)
update statewright_sessions s
set held_until = :held_until
from late l
where s.tenant = l.tenant and s.session = l.session
returning s.tenant, s.session;

-- name: claim
with free as (
  select o.tenant, o.session, o.revision, o.ordinal
  from statewright_outbox o
  where o.available_at <= :now
    and (o.stream = '' or not exists (
      select from statewright_outbox e
      where e.tenant = o.tenant and e.session = o.session and e.stream = o.stream
        and e.stream <> '' and e.available_at is not null
        and (e.revision, e.ordinal) < (o.revision, o.ordinal)))
  order by o.available_at, o.tenant, o.session, o.revision, o.ordinal
  limit :limit
  for update of o skip locked
)
update statewright_outbox o
set available_at = :held_until, token = :token, attempts = o.attempts + 1
from free f
where o.tenant = f.tenant and o.session = f.session
  and o.revision = f.revision and o.ordinal = f.ordinal
returning o.tenant, o.session, o.revision, o.ordinal, o.key, o.kind, o.stream, o.payload,
          o.attempts;

-- name: renew
with held as (
  select o.tenant, o.session, o.revision, o.ordinal
  from statewright_outbox o
  join json_to_recordset(cast(:claims as json)) as r(
         tenant text, session text, revision bigint, ordinal integer, token text)
    on o.tenant = r.tenant and o.session = r.session
   and o.revision = r.revision and o.ordinal = r.ordinal
  where o.token = r.token and o.available_at is not null
  order by o.tenant, o.session, o.revision, o.ordinal
  for no key update of o
)
update statewright_outbox o
set available_at = greatest(o.available_at, cast(:held_until as bigint))
from held h
where o.tenant = h.tenant and o.session = h.session
  and o.revision = h.revision and o.ordinal = h.ordinal
returning o.tenant, o.session, o.revision, o.ordinal;

-- name: finish
-- A result is stored once; a request that is given back loses its token.
with held as (
  select o.tenant, o.session, o.revision, o.ordinal, r.result, r.at, r.failed, r.untried
  from statewright_outbox o
  join json_to_recordset(cast(:settlements as json)) as r(
         tenant text, session text, revision bigint, ordinal integer, token text, result text,
         at bigint, failed integer, untried integer)
    on o.tenant = r.tenant and o.session = r.session
   and o.revision = r.revision and o.ordinal = r.ordinal
  where o.token = r.token and (o.available_at is not null or r.result is not null)
  order by o.tenant, o.session, o.revision, o.ordinal
  for no key update of o
)
update statewright_outbox o
set available_at = case when o.available_at is null or h.result is not null then null else h.at end,
    finished_at = case when h.result is not null then coalesce(o.finished_at, h.at) end,
    failed_at = case when o.finished_at is not null then o.failed_at
                     when h.result is not null and h.failed = 1 then h.at end,
    token = case when h.result is not null then o.token else '' end,
    attempts = o.attempts - h.untried,
    result = coalesce(o.result, h.result)
from held h
where o.tenant = h.tenant and o.session = h.session
  and o.revision = h.revision and o.ordinal = h.ordinal
returning o.tenant, o.session, o.revision, o.ordinal;

-- name: revive
with failed as (
  select o.tenant, o.session, o.revision, o.ordinal
  from statewright_outbox o
  join json_to_recordset(cast(:entries as json)) as r(
         tenant text, session text, revision bigint, ordinal integer)
    on o.tenant = r.tenant and o.session = r.session
   and o.revision = r.revision and o.ordinal = r.ordinal
  where o.failed_at is not null
  order by o.tenant, o.session, o.revision, o.ordinal
  for no key update of o
)
update statewright_outbox o
set available_at = cast(:at as bigint), finished_at = null, failed_at = null, result = null,
    token = '', attempts = 0
from failed f
where o.tenant = f.tenant and o.session = f.session
  and o.revision = f.revision and o.ordinal = f.ordinal
returning o.tenant, o.session, o.revision, o.ordinal;

-- name: requests
-- What is not finished; a session has few of them, and its outbox is in the order of its key.
select o.tenant, o.session, o.revision, o.ordinal, o.key, o.kind, o.stream, o.payload, o.attempts
from json_to_recordset(cast(:keys as json)) as k(tenant text, session text)
join statewright_outbox o on o.tenant = k.tenant and o.session = k.session
where o.available_at is not null
order by o.tenant, o.session, o.revision, o.ordinal;

-- name: over
-- Sessions that are over since long, and have nothing left to do. They are locked.
select s.tenant, s.session
from json_to_recordset(cast(:keys as json)) as k(tenant text, session text)
join statewright_sessions s on s.tenant = k.tenant and s.session = k.session
where s.status <> 'active' and s.updated_at < :before
  and not exists (
    select 1 from statewright_outbox o
    where o.tenant = s.tenant and o.session = s.session and o.available_at is not null)
  and not exists (
    select 1 from statewright_inbox i
    where i.tenant = s.tenant and i.session = s.session)
order by s.tenant, s.session
for update of s skip locked;

-- name: erase_history
delete from statewright_history t
using json_to_recordset(cast(:keys as json)) as k(tenant text, session text)
where t.tenant = k.tenant and t.session = k.session;

-- name: erase_outbox
with doomed as (
  select t.tenant, t.session, t.revision, t.ordinal
  from statewright_outbox t
  join json_to_recordset(cast(:keys as json)) as k(tenant text, session text)
    on t.tenant = k.tenant and t.session = k.session
  order by t.tenant, t.session, t.revision, t.ordinal
  for update of t
)
delete from statewright_outbox t
using doomed d
where t.tenant = d.tenant and t.session = d.session
  and t.revision = d.revision and t.ordinal = d.ordinal;

-- name: erase_inbox
delete from statewright_inbox t
using json_to_recordset(cast(:keys as json)) as k(tenant text, session text)
where t.tenant = k.tenant and t.session = k.session;

-- name: erase_mailboxes
with doomed as (
  select t.tenant, t.session
  from statewright_mailboxes t
  join json_to_recordset(cast(:keys as json)) as k(tenant text, session text)
    on t.tenant = k.tenant and t.session = k.session
  order by t.tenant, t.session
  for update of t
)
delete from statewright_mailboxes t
using doomed d
where t.tenant = d.tenant and t.session = d.session;

-- name: erase_sessions
delete from statewright_sessions t
using json_to_recordset(cast(:keys as json)) as k(tenant text, session text)
where t.tenant = k.tenant and t.session = k.session;

-- name: journal
-- Not those of which an earlier transaction may still be under way: it would come behind them.
select h.moment, h.tenant, h.session, s.flow, s.channel, s.conversation, s.episode, s.contact,
       h.revision, h.message, h.position, h.at, h.version, h.event, h.answer, h.effects,
       h.incidents, h.state_hash
from statewright_history h
join statewright_sessions s on s.tenant = h.tenant and s.session = h.session
where h.tenant = :tenant and h.moment > 0 and h.moment >= :moment
  and (h.moment, h.session, h.revision) > (:moment, :session, :revision)
  and h.moment < txid_snapshot_xmin(txid_current_snapshot())
order by h.moment, h.session, h.revision
limit :limit;

-- name: journal_end
select txid_snapshot_xmin(txid_current_snapshot()) as moment
where cast(:tenant as text) is not null;

-- name: journal_reach
select txid_snapshot_xmin(txid_current_snapshot()) as moment;

-- name: tallies
-- The rows, made where they were missing, and locked until the end of the transaction.
insert into statewright_tallies as t (tenant, name, state)
select tenant, name, ''
from json_to_recordset(cast(:places as json)) as p(tenant text, name text)
order by tenant, name
on conflict (tenant, name) do update set state = t.state
returning tenant, name, state;

-- name: tally
update statewright_tallies t
set state = d.state
from json_to_recordset(cast(:tallies as json)) as d(tenant text, name text, state text)
where t.tenant = d.tenant and t.name = d.name;

-- name: untally
delete from statewright_tallies t
using json_to_recordset(cast(:places as json)) as p(tenant text, name text)
where t.tenant = p.tenant and t.name = p.name and t.state = '';
