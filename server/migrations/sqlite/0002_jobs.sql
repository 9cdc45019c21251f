-- Calls something is still to be found out about. A server that works on one holds a lease on it; where that runs
-- out, the server is gone and another goes on.
create table jobs (
    call_id      text primary key references call_logs (id),
    -- Not before this moment.
    due_at       integer not null,
    -- Counts what was heard of the call since the job exists: whoever ends the job has to have seen all of it.
    news         integer not null default 0,
    holder       text,
    leased_until integer not null default 0,
    -- How often Telnyx was asked for a recording, and when it may be asked again.
    asked        integer not null default 0,
    ask_after    integer,
    -- How often a copy failed, and when it may be tried again.
    copied       integer not null default 0,
    copy_after   integer
) strict;

create index jobs_by_due on jobs (due_at);

insert into jobs (call_id, due_at)
select id, 0 from call_logs where recording = 'processing' or (telnyx = 'awaited' and over_heard_at is not null);

-- What these found is in `jobs` now.
drop index call_logs_to_finish;
drop index call_logs_unheard;
