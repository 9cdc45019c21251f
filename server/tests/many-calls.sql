-- Calls as the server would have kept them, one a minute from {from} up to {to}, and everything beside them that is
-- searched too. Statements end with a line of two dashes. For SQLite.
with recursive n(i) as (select {from} union all select i + 1 from n where i + 1 < {to})
insert into call_logs (id, agent, placed_at, seq, status, recording, telnyx, folded, projection,
    direction, number, outcome, answered_at, talk_ms, notes, written)
select printf('00000000-0000-7000-8000-%012x', i), case when i % 1000 = 7 then 'rare' else 'demo' end,
    1700000000000 + i * 60000, 1000 + i, 'ended', case when i = 11 then 'ready' else 'none' end, 'heard',
    json_set('{row}', '$.id', printf('00000000-0000-7000-8000-%012x', i)), coalesce((select max(projection) from call_logs), 0),
    case when i % 50 = 0 then 'incoming' else 'outgoing' end,
    -- Two of them call all the time.
    case when i % 5 = 0 then '3491123456' || (i % 2) else printf('1202%07d', (i * 7919) % 20000) end,
    case when i = 12 then 'no_microphone' else 'answered' end, 1700000000000 + i * 60000, 60000, '',
    case when i = 13 then 'an offer to zanzibar' when i % 3 = 0 then 'offer ' || (i % 1000) else '' end
from n
--
with recursive n(i) as (select {from} union all select i + 1 from n where i + 1 < {to}),
    k(j) as (select 1 union all select j + 1 from k where j < 11)
insert or ignore into number_parts (part, number)
select substr(number, j), number
from (select distinct case when i % 5 = 0 then '3491123456' || (i % 2)
    else printf('1202%07d', (i * 7919) % 20000) end as number from n), k
where j <= length(number)
--
with recursive n(i) as (select {from} union all select i + 1 from n where i + 1 < {to})
insert into call_words (word, call_id)
select 'offer', printf('00000000-0000-7000-8000-%012x', i) from n where i % 3 = 0 or i = 13
union all select cast(i % 1000 as text), printf('00000000-0000-7000-8000-%012x', i) from n where i % 3 = 0 and i <> 13
union all select 'an', printf('00000000-0000-7000-8000-%012x', i) from n where i = 13
union all select 'to', printf('00000000-0000-7000-8000-%012x', i) from n where i = 13
union all select 'zanzibar', printf('00000000-0000-7000-8000-%012x', i) from n where i = 13
--
with recursive k(j) as (select 1 union all select j + 1 from k where j < 11)
insert or ignore into word_parts (part, word)
select substr(word, j), word from (select distinct word from call_words), k where j <= length(word)
