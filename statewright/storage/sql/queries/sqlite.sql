-- Statements in the words of SQLite. Those that write run one after another in a transaction that
-- was begun `immediate`, so that nobody else writes in between. What is asked for comes as JSON,
-- one object a row.

-- name: load
with lookup as materialized (
  select key as number,
         json_extract(value, '$.tenant') as tenant, json_extract(value, '$.session') as session,
         json_extract(value, '$.message') as message, json_extract(value, '$.contact') as contact
  from json_each(:lookups)
)
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
       (select json_group_array(json_array(i.position, i.message, i.body, i.at))
        from (select * from statewright_inbox w
              where w.tenant = l.tenant and w.session = l.session
                and not exists (
                  select 1 from statewright_history g
                  where g.tenant = w.tenant and g.session = w.session and g.message = w.message)
              order by w.position
              limit :waiting) i) as inbox,
       (select max(i.position) from statewright_inbox i
        where i.tenant = l.tenant and i.session = l.session) as last
from lookup l
left join statewright_sessions s on s.tenant = l.tenant and s.session = l.session
left join statewright_history h
  on h.tenant = l.tenant and h.session = l.session and h.message = l.message
order by l.number;

-- name: standing
-- For each turn: revision of the session, the hash of its state where nothing waits in its inbox,
-- its contact, and the answer to the message where it was handled.
with turn as materialized (
  select key as number,
         json_extract(value, '$.tenant') as tenant, json_extract(value, '$.session') as session,
         json_extract(value, '$.message') as message
  from json_each(:turns)
)
select k.number, s.revision,
       case when (select min(i.position) from statewright_inbox i
                  where i.tenant = k.tenant and i.session = k.session) is null
            then s.state_hash end as quiet,
       s.contact, h.revision as handled, h.answer
from turn k
left join statewright_sessions s on s.tenant = k.tenant and s.session = k.session
left join statewright_history h
  on h.tenant = k.tenant and h.session = k.session and h.message = k.message
order by k.number;

-- name: bear
insert into statewright_sessions (
  tenant, session, revision, version, status, due_at, held_until, created_at, updated_at, flow,
  channel, conversation, episode, contact, secret_hash, state_hash, snapshot)
values (
  :tenant, :session, :revision, :version, :status, :due_at, 0, :created_at, :updated_at, :flow,
  :channel, :conversation, :episode, :contact, :secret_hash, :state_hash, :snapshot);

-- name: begin
insert into statewright_conversations (tenant, channel, conversation, flow, episode, session)
values (:tenant, :channel, :conversation, :flow, :episode, :session)
on conflict (tenant, channel, conversation, flow) do update
set episode = excluded.episode, session = excluded.session
where episode < excluded.episode;

-- name: move
update statewright_sessions
set revision = :revision, version = :version, status = :status, due_at = :due_at, held_until = 0,
    updated_at = :updated_at, state_hash = :state_hash, snapshot = :snapshot
where tenant = :tenant and session = :session;

-- name: record
-- The moment is the time, but never one that was there before, whoever's clock is wrong.
insert into statewright_history (
  tenant, session, revision, message, position, at, version, state_hash, event, answer, effects,
  incidents, moment)
values (
  :tenant, :session, :revision, :message, :position, :at, :version, :state_hash, :event, :answer,
  :effects, :incidents,
  max(:at, coalesce(
    (select max(h.moment) + 1 from statewright_history h where h.tenant = :tenant), 1)));

-- name: answer
delete from statewright_inbox
where tenant = :tenant and session = :session and position = :position;

-- name: ask
insert into statewright_outbox (
  tenant, session, revision, ordinal, key, kind, stream, attempts, token, available_at, payload)
values (
  :tenant, :session, :revision, :ordinal, :key, :kind, :stream, 0, '', :available_at, :payload);

-- name: profiles
select tenant, contact, data
from statewright_profiles
where (tenant, contact) in (
  select json_extract(value, '$.tenant'), json_extract(value, '$.contact') from json_each(:owners));

-- name: patch
insert into statewright_profiles (tenant, contact, data)
select json_extract(value, '$.tenant'), json_extract(value, '$.contact'),
       json_extract(value, '$.data')
from json_each(:profiles)
where true
on conflict (tenant, contact) do update set data = excluded.data;

-- name: positions
with message as materialized (
  select key as number,
         json_extract(value, '$.tenant') as tenant, json_extract(value, '$.session') as session,
         json_extract(value, '$.message') as message
  from json_each(:messages)
)
select m.number, coalesce(i.position, h.position) as position, b.position as last
from message m
left join statewright_inbox i
  on i.tenant = m.tenant and i.session = m.session and i.message = m.message
left join statewright_history h
  on h.tenant = m.tenant and h.session = m.session and h.message = m.message
left join statewright_mailboxes b on b.tenant = m.tenant and b.session = m.session
order by m.number;

-- name: count
insert into statewright_mailboxes (tenant, session, position, look_at)
values (:tenant, :session, :position, :held_until)
on conflict (tenant, session) do update
set position = excluded.position,
    look_at = case when position > cleared then min(look_at, excluded.look_at)
                   else excluded.look_at end;

-- name: accept
insert into statewright_inbox (tenant, session, position, message, at, held_until, body)
values (:tenant, :session, :position, :message, :at, :held_until, :body);

-- name: look
-- Sessions in which messages may wait that nobody handles, with their last positions.
update statewright_mailboxes
set look_at = :held_until
where (tenant, session) in (
  select tenant, session
  from statewright_mailboxes
  where position > cleared and look_at <= :now
  order by look_at
  limit :limit)
returning tenant, session, position;

-- name: forget
-- Messages in the inbox that were handled by another way at the moment they were accepted.
delete from statewright_inbox
where (tenant, session, position) in (
  select i.tenant, i.session, i.position
  from (
    select json_extract(value, '$.tenant') as tenant, json_extract(value, '$.session') as session
    from json_each(:mailboxes)
  ) k
  join statewright_inbox i on i.tenant = k.tenant and i.session = k.session
  join statewright_history h
    on h.tenant = i.tenant and h.session = i.session and h.message = i.message);

-- name: wait
-- The first message that waits in each session, and until when it was held.
select i.tenant, i.session, i.position, i.held_until
from (
  select json_extract(value, '$.tenant') as tenant, json_extract(value, '$.session') as session
  from json_each(:mailboxes)
) k
join statewright_inbox i on i.tenant = k.tenant and i.session = k.session
where i.position = (
  select min(e.position) from statewright_inbox e
  where e.tenant = k.tenant and e.session = k.session);

-- name: lend
update statewright_inbox
set held_until = :held_until
where (tenant, session, position) in (
  select json_extract(value, '$.tenant'), json_extract(value, '$.session'),
         json_extract(value, '$.position')
  from json_each(:heads));

-- name: put_off
-- Of messages that came since then, `position` tells.
update statewright_mailboxes
set cleared = case when k.held_until is null then max(cleared, k.position) else cleared end,
    look_at = min(look_at, coalesce(k.held_until, look_at))
from (
  select json_extract(value, '$.tenant') as tenant, json_extract(value, '$.session') as session,
         json_extract(value, '$.position') as position,
         json_extract(value, '$.held_until') as held_until
  from json_each(:mailboxes)
) k
where statewright_mailboxes.tenant = k.tenant and statewright_mailboxes.session = k.session;

-- name: due
update statewright_sessions
set held_until = :held_until
where (tenant, session) in (
  select tenant, session
  from statewright_sessions
  where due_at <= :now and held_until <= :now
  order by due_at
  limit :limit)
returning tenant, session;

-- name: claim
update statewright_outbox
set available_at = :held_until, token = :token, attempts = attempts + 1
where (tenant, session, revision, ordinal) in (
  select o.tenant, o.session, o.revision, o.ordinal
  from statewright_outbox o
  where o.available_at <= :now
    and (o.stream = '' or not exists (
      select 1 from statewright_outbox e
      where e.tenant = o.tenant and e.session = o.session and e.stream = o.stream
        and e.stream <> '' and e.available_at is not null
        and (e.revision, e.ordinal) < (o.revision, o.ordinal)))
  order by o.available_at, o.tenant, o.session, o.revision, o.ordinal
  limit :limit)
returning tenant, session, revision, ordinal, key, kind, stream, payload, attempts;

-- name: renew
update statewright_outbox
set available_at = max(available_at, :held_until)
from (
  select json_extract(value, '$.tenant') as tenant, json_extract(value, '$.session') as session,
         json_extract(value, '$.revision') as revision, json_extract(value, '$.ordinal') as ordinal,
         json_extract(value, '$.token') as token
  from json_each(:claims)
) r
where statewright_outbox.tenant = r.tenant and statewright_outbox.session = r.session
  and statewright_outbox.revision = r.revision and statewright_outbox.ordinal = r.ordinal
  and statewright_outbox.token = r.token and statewright_outbox.available_at is not null
returning tenant, session, revision, ordinal;

-- name: finish
-- A result is stored once; a request that is given back loses its token.
update statewright_outbox
set available_at = case when available_at is null or r.result is not null then null else r.at end,
    finished_at = case when r.result is not null then coalesce(finished_at, r.at) end,
    failed_at = case when finished_at is not null then failed_at
                     when r.result is not null and r.failed = 1 then r.at end,
    token = case when r.result is not null then statewright_outbox.token else '' end,
    attempts = statewright_outbox.attempts - r.untried,
    result = coalesce(statewright_outbox.result, r.result)
from (
  select json_extract(value, '$.tenant') as tenant, json_extract(value, '$.session') as session,
         json_extract(value, '$.revision') as revision, json_extract(value, '$.ordinal') as ordinal,
         json_extract(value, '$.token') as token, json_extract(value, '$.result') as result,
         json_extract(value, '$.at') as at, json_extract(value, '$.failed') as failed,
         json_extract(value, '$.untried') as untried
  from json_each(:settlements)
) r
where statewright_outbox.tenant = r.tenant and statewright_outbox.session = r.session
  and statewright_outbox.revision = r.revision and statewright_outbox.ordinal = r.ordinal
  and statewright_outbox.token = r.token
  and (statewright_outbox.available_at is not null or r.result is not null)
returning tenant, session, revision, ordinal;

-- name: revive
update statewright_outbox
set available_at = :at, finished_at = null, failed_at = null, result = null, token = '',
    attempts = 0
from (
  select json_extract(value, '$.tenant') as tenant, json_extract(value, '$.session') as session,
         json_extract(value, '$.revision') as revision, json_extract(value, '$.ordinal') as ordinal
  from json_each(:entries)
) r
where statewright_outbox.tenant = r.tenant and statewright_outbox.session = r.session
  and statewright_outbox.revision = r.revision and statewright_outbox.ordinal = r.ordinal
  and statewright_outbox.failed_at is not null
returning tenant, session, revision, ordinal;

-- name: requests
-- What is not finished; a session has few of them, and its outbox is in the order of its key.
select o.tenant, o.session, o.revision, o.ordinal, o.key, o.kind, o.stream, o.payload, o.attempts
from (
  select json_extract(value, '$.tenant') as tenant, json_extract(value, '$.session') as session
  from json_each(:keys)
) k
join statewright_outbox o on o.tenant = k.tenant and o.session = k.session
where o.available_at is not null
order by o.tenant, o.session, o.revision, o.ordinal;

-- name: over
-- Sessions that are over since long, and have nothing left to do.
select s.tenant, s.session
from (
  select json_extract(value, '$.tenant') as tenant, json_extract(value, '$.session') as session
  from json_each(:keys)
) k
join statewright_sessions s on s.tenant = k.tenant and s.session = k.session
where s.status <> 'active' and s.updated_at < :before
  and not exists (
    select 1 from statewright_outbox o
    where o.tenant = s.tenant and o.session = s.session and o.available_at is not null)
  and not exists (
    select 1 from statewright_inbox i
    where i.tenant = s.tenant and i.session = s.session)
order by s.tenant, s.session;

-- name: erase_history
delete from statewright_history
where (tenant, session) in (
  select json_extract(value, '$.tenant'), json_extract(value, '$.session') from json_each(:keys));

-- name: erase_outbox
delete from statewright_outbox
where (tenant, session) in (
  select json_extract(value, '$.tenant'), json_extract(value, '$.session') from json_each(:keys));

-- name: erase_inbox
delete from statewright_inbox
where (tenant, session) in (
  select json_extract(value, '$.tenant'), json_extract(value, '$.session') from json_each(:keys));

-- name: erase_mailboxes
delete from statewright_mailboxes
where (tenant, session) in (
  select json_extract(value, '$.tenant'), json_extract(value, '$.session') from json_each(:keys));

-- name: erase_sessions
delete from statewright_sessions
where (tenant, session) in (
  select json_extract(value, '$.tenant'), json_extract(value, '$.session') from json_each(:keys));

-- name: journal
select h.moment, h.tenant, h.session, s.flow, s.channel, s.conversation, s.episode, s.contact,
       h.revision, h.message, h.position, h.at, h.version, h.event, h.answer, h.effects,
       h.incidents, h.state_hash
from statewright_history h
join statewright_sessions s on s.tenant = h.tenant and s.session = h.session
where h.tenant = :tenant and h.moment > 0 and h.moment >= :moment
  and (h.moment, h.session, h.revision) > (:moment, :session, :revision)
order by h.moment, h.session, h.revision
limit :limit;

-- name: journal_end
select coalesce(max(moment), 0) + 1 as moment
from statewright_history
where tenant = :tenant;

-- name: journal_reach
-- A moment is a time, and what came last may have been deleted: any may have been there.
select 9223372036854775807 as moment;

-- name: tallies
select tenant, name, state
from statewright_tallies
where (tenant, name) in (
  select json_extract(value, '$.tenant'), json_extract(value, '$.name') from json_each(:places));

-- name: tally
insert into statewright_tallies (tenant, name, state)
select json_extract(value, '$.tenant'), json_extract(value, '$.name'),
       json_extract(value, '$.state')
from json_each(:tallies)
where true
on conflict (tenant, name) do update set state = excluded.state;

-- name: untally
delete from statewright_tallies
where state = '' and (tenant, name) in (
  select json_extract(value, '$.tenant'), json_extract(value, '$.name') from json_each(:places));
