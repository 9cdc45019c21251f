-- What people wrote beside calls, by its words. Each word is kept once with all its endings, as numbers are: a fragment
-- begins one of them.
create table word_parts (
    part text collate "C" not null,
    word text not null,
    primary key (part, word)
);

create table call_words (
    word    text not null,
    call_id text not null references call_logs (id),
    primary key (word, call_id)
);

create index call_words_by_call on call_words (call_id);

create index call_logs_by_outcome on call_logs (outcome, placed_at, id);
create index call_logs_by_direction on call_logs (direction, placed_at, id);
create index call_logs_to_hear on call_logs (placed_at, id) where recording = 'ready';
