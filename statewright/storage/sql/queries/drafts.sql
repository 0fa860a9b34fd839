-- Drafts of flows. Each statement is a whole change: nothing is decided between two of them.

-- name: draft
select tenant, flow, name, digest, dialect, created_at, updated_at, text, ui
from statewright_drafts
where tenant = :tenant and flow = :flow;

-- name: drafts
select tenant, flow, name, digest, created_at, updated_at
from statewright_drafts
where tenant = :tenant and flow > :after
order by flow
limit :limit;

-- name: add_draft
-- Nothing where there is one already.
insert into statewright_drafts
  (tenant, flow, name, digest, dialect, created_at, updated_at, text, ui)
values (:tenant, :flow, :title, :digest, :dialect, :at, :at, :text, :ui)
on conflict do nothing
returning created_at;

-- name: change_draft
-- Nothing where it is not the one that was seen.
update statewright_drafts
set name = :title, digest = :digest, dialect = :dialect, updated_at = :at, text = :text, ui = :ui
where tenant = :tenant and flow = :flow and digest = :seen
returning created_at;

-- name: put_draft
insert into statewright_drafts
  (tenant, flow, name, digest, dialect, created_at, updated_at, text, ui)
values (:tenant, :flow, :title, :digest, :dialect, :at, :at, :text, :ui)
on conflict (tenant, flow) do update
set name = excluded.name, digest = excluded.digest, dialect = excluded.dialect,
    updated_at = excluded.updated_at, text = excluded.text, ui = excluded.ui
returning created_at;

-- name: remove_draft
delete from statewright_drafts
where tenant = :tenant and flow = :flow
  and (cast(:seen as text) is null or digest = :seen)
returning flow;
