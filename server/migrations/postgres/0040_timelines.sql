-- What each document of a browser wrote down of a call, in batches; numbers in it are masked.
create table timelines (
    call_id     text collate "C" not null references call_logs (id),
    page        bigint not null,
    number      bigint not null,
    -- By the page's clock and by the server's: the smallest difference aligns the two.
    sent_at     bigint not null,
    received_at bigint not null,
    -- How many entries there are, and how many were not kept.
    kept        bigint not null,
    dropped     bigint not null,
    entries     text not null,
    primary key (call_id, page, number)
);

-- What a server did about a call, where no fact says so.
create table deeds (
    id      bigint generated always as identity primary key,
    call_id text collate "C" not null references call_logs (id),
    done_at bigint not null,
    deed    text not null
);

create index deeds_by_call on deeds (call_id);
