-- Calls whose legs we command, as the machine in `control.rs` keeps them (JSON). A call that is not here is not ours to
-- command.
create table controls (
    call_id text collate "C" primary key references call_logs (id),
    state   text not null
);

-- What Telnyx is still to be told. A server that tells it holds a lease; where that runs out, another tells it again,
-- under the same id, by which Telnyx knows that it is the same.
create table orders (
    -- Telnyx's `command_id`.
    id           text collate "C" primary key,
    -- None for a leg that belongs to no call.
    call_id      text collate "C" references call_logs (id),
    command      text not null,
    put_at       bigint not null,
    due_at       bigint not null,
    -- How often Telnyx was told.
    attempts     bigint not null default 0,
    holder       text,
    leased_until bigint not null default 0
);

create index orders_by_due on orders (due_at);
create index orders_by_call on orders (call_id);

-- The number an agent's calls show; none shows that of the settings.
alter table agents add column caller_id text;

-- What an agent has going on is counted before each call.
create index call_logs_going_on on call_logs (agent) where over_heard_at is null;

-- Programs that may have agents call somebody. Only the digest of what they show is kept.
create table api_tokens (
    name    text collate "C" primary key,
    digest  bytea not null unique,
    made_at bigint not null
);
