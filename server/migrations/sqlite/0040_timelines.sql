-- What each document of a browser wrote down of a call, in batches; numbers in it are masked.
create table timelines (
    call_id     text not null references call_logs (id),
    page        integer not null,
    number      integer not null,
    -- By the page's clock and by this server's: the smallest difference aligns the two.
    sent_at     integer not null,
    received_at integer not null,
    -- How many entries there are, and how many were not kept.
    kept        integer not null,
    dropped     integer not null,
    entries     text not null,
    primary key (call_id, page, number)
) strict, without rowid;

-- What a server did about a call, where no fact says so.
create table deeds (
    id      integer primary key,
    call_id text not null references call_logs (id),
    done_at integer not null,
    deed    text not null
) strict;

create index deeds_by_call on deeds (call_id);
