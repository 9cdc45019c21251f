-- Which page of an agent's has a call that goes on. A leg that no page has any more is ended after a while.
create table claims (
    call_id      text primary key references call_logs (id),
    -- The page's own name, made up when it was loaded.
    page         text not null,
    -- When the leg is to be ended unless a page claims it before; null while a page is there.
    end_at       bigint,
    -- Since when the page has not been heard, if it went without saying so.
    silent_since bigint
);

create index claims_by_page on claims (page);
