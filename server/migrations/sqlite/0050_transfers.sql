-- Whom a call was transferred to: those are called as well, and may ask to be forgotten as well.
create table transfers (
    call_id  text not null references call_logs (id),
    -- As call_logs.number.
    number   text not null,
    asked_at integer not null
) strict;

create index transfers_by_call on transfers (call_id);
create index transfers_by_number on transfers (number);

-- Whether the agent has left the call to those who were transferred: it goes on, and is none of theirs any more.
alter table call_logs add column handed_over integer not null default 0;
