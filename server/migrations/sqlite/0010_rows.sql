-- How long it rang and how long it was held, in milliseconds.
alter table call_logs add column rang_ms integer;
alter table call_logs add column held_ms integer;

-- The SIP user of the agent's telephony credential: what a call to the agent names.
alter table agents add column sip_username text;
create index agents_by_sip on agents (sip_username) where sip_username is not null;

-- Whether the fact may be joined by its leg's names only: its session may also be a colleague's, who has a call of it.
alter table facts add column leg_only integer not null default 0;

-- What an agent's pages call a call where that is not our id.
create table aliases (
    agent   text not null references agents (name),
    alias   text not null,
    call_id text not null references call_logs (id),
    primary key (agent, alias)
) strict;

create index aliases_by_call on aliases (call_id);
