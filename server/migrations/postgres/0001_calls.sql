-- What is remembered. Moments are milliseconds since 1970 by the clock of whoever spoke; columns that end in
-- `heard_at` or `received_at` are by the clock of the server that heard it.
-- The same tables as in `../sqlite`; what differs is how a column's type is called.

-- A person who makes calls, and the telephony credential Telnyx knows them by.
create table agents (
    name          text primary key,
    credential_id text
);

-- Who is signed in. Only the digest of the cookie is kept: a stolen database opens no session.
create table sessions (
    digest     bytea primary key,
    agent      text not null references agents (name),
    expires_at bigint not null
);

create index sessions_by_end on sessions (expires_at);

-- Every authentic webhook, as it came. `event_id` is Telnyx's `data.id`: the second delivery finds the first.
create table webhooks (
    event_id    text primary key,
    event_type  text not null,
    received_at bigint not null,
    -- What became of it: joined, orphan, other_connection or no_fact.
    outcome     text not null,
    body        bytea not null
);

-- One row per conversation, folded from its facts whenever one is added.
create table call_logs (
    -- Compared byte by byte, on every machine alike: a cursor of the history ends in it.
    id            text collate "C" primary key,
    agent         text not null references agents (name),
    placed_at     bigint not null,
    -- Where this row stands in the order of all changes; the live stream's id.
    seq           bigint not null unique,
    status        text not null,
    recording     text not null,
    recording_url text,
    telnyx        text not null,
    -- When a server first knew the call to be over.
    over_heard_at bigint,
    -- The row as the page gets it.
    folded        text not null
);

create index call_logs_by_agent on call_logs (agent, placed_at, id);
create index call_logs_by_change on call_logs (agent, seq);
create index call_logs_to_finish on call_logs (recording) where recording = 'processing';
create index call_logs_unheard on call_logs (over_heard_at) where telnyx = 'awaited';

-- What the witnesses said. A fact whose call is not known yet waits with `call_id` null.
create table facts (
    id              bigint generated always as identity primary key,
    call_id         text collate "C" references call_logs (id),
    witness         text not null check (witness in ('telnyx', 'browser', 'server')),
    heard_at        bigint not null,
    call_control_id text,
    call_session_id text,
    call_leg_id     text,
    event_id        text references webhooks (event_id),
    fact            text not null
);

create index facts_by_call on facts (call_id);
create index facts_by_control on facts (call_control_id) where call_control_id is not null;
create index facts_by_session on facts (call_session_id) where call_session_id is not null;
create index facts_by_leg on facts (call_leg_id) where call_leg_id is not null;
create index facts_by_event on facts (event_id) where event_id is not null;
-- A page that repeats itself, as after a lost answer, adds nothing. The digest, because an index entry is small.
create unique index facts_said_once on facts (call_id, witness, md5(fact)) where call_id is not null and witness <> 'telnyx';

-- The counter that `seq` is taken from. Its row is also the lock a writer holds: see store/database.rs.
create table changes (
    one integer primary key check (one = 1),
    seq bigint not null
);

insert into changes (one, seq) values (1, 0);
