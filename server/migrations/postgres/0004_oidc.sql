-- Sign-ins under way at an OpenID Connect provider. Only the digest of what the browser brings back is kept.
create table sign_ins (
    digest     bytea primary key,
    nonce      text not null,
    verifier   text not null,
    expires_at bigint not null
);
