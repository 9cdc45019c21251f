-- The last five passwords that were tried for a name from an address and were not right, the latest first; 0 is never. What
-- name and address, only their digest says.
create table guesses (
    guesser bytea primary key,
    first   bigint not null,
    second  bigint not null,
    third   bigint not null,
    fourth  bigint not null,
    fifth   bigint not null
);

create index guesses_by_time on guesses (first);
