-- The last five passwords that were tried for a name from an address and were not right, the latest first; 0 is never. What
-- name and address, only their digest says.
create table guesses (
    guesser blob primary key,
    first   integer not null,
    second  integer not null,
    third   integer not null,
    fourth  integer not null,
    fifth   integer not null
) strict, without rowid;

create index guesses_by_time on guesses (first);
