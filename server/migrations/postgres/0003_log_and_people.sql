-- The log as one searches it. What the facts say is concluded into columns again whenever they change; what people
-- write beside a call is theirs and is kept as it is.
alter table call_logs add column projection bigint not null default 0;
alter table call_logs add column direction text not null default 'outgoing';
-- Digits only, without the plus.
alter table call_logs add column number text;
alter table call_logs add column caller_id text;
alter table call_logs add column outcome text;
alter table call_logs add column cause text;
alter table call_logs add column ended_by text;
alter table call_logs add column initiated_at bigint;
alter table call_logs add column rang_at bigint;
alter table call_logs add column answered_at bigint;
alter table call_logs add column bridged_at bigint;
alter table call_logs add column ended_at bigint;
alter table call_logs add column talk_ms bigint;
alter table call_logs add column call_control_id text;
alter table call_logs add column call_session_id text;
alter table call_logs add column call_leg_id text;

alter table call_logs add column notes text not null default '';
-- A JSON array of texts.
alter table call_logs add column tags text not null default '[]';
-- What came of it in the agent's words, as "call back".
alter table call_logs add column disposition text;
-- Notes, tags and disposition in small letters, for searching.
alter table call_logs add column written text not null default '';

create index call_logs_by_time on call_logs (placed_at, id);
create index call_logs_by_number on call_logs (number, placed_at, id);
create index call_logs_written on call_logs (placed_at, id) where written <> '';
create index call_logs_to_project on call_logs (projection);

-- Every number that was ever called, by each of its endings: a fragment of a number begins one of them.
create table number_parts (
    part   text collate "C" not null,
    number text not null,
    primary key (part, number)
);

-- Who may do what: agent, supervisor or admin.
alter table agents add column role text not null default 'agent' check (role in ('agent', 'supervisor', 'admin'));
-- Argon2id, in the PHC format; none for whoever signs in otherwise.
alter table agents add column password text;
alter table agents add column disabled_at bigint;

alter table jobs add column check_after bigint;

-- Hand-over tokens that were used, until they expire: each opens one session.
create table handovers (
    id         text primary key,
    expires_at bigint not null
);
