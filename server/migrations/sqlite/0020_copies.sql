-- Our copies of recordings: what each is, and by what to know that it is still the same.
create table copies (
    call_id  text primary key references call_logs (id),
    -- wav or mp3
    format   text not null,
    bytes    integer not null,
    sha256   blob not null,
    -- How loud it is, computed once: a byte for each step of time, channel after channel. Empty where it could not be
    -- decoded.
    channels integer not null,
    peaks    blob not null
) strict;

-- What is too old is found by time among those that can be deleted.
create index call_logs_kept on call_logs (placed_at) where recording in ('ready', 'failed');

-- How often a deletion failed, and when it may be tried again.
alter table jobs add column removed integer not null default 0;
alter table jobs add column remove_after integer;
