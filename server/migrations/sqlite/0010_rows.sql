-- How long it rang and how long it was held, in milliseconds.
alter table call_logs add column rang_ms integer;
alter table call_logs add column held_ms integer;

-- The SIP user of the agent's telephony credential: what a call to the agent names.
alter table agents add column sip_username text;
create unique index agents_by_sip on agents (sip_username) where sip_username is not null;

-- The agent whose credential the event of a fact names as called. Another agent's call may be in the same session.
alter table facts add column called text;

-- What an agent's pages call a call where that is not our id.
create table aliases (
    agent   text not null references agents (name),
    alias   text not null,
    call_id text not null references call_logs (id),
    primary key (agent, alias)
) strict;

create index aliases_by_call on aliases (call_id);
