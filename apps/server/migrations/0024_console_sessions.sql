-- The people who sign in at an identity provider, by what OpenID Connect identifies them. Their role is
-- that of their last sign-in.
create table operator_identities (
  id text primary key,
  issuer text not null,
  subject text not null,
  name text not null,
  role text not null,
  created_at timestamptz not null default now(),
  unique (issuer, subject)
);

-- Sessions of the console, by the SHA-256 of their secret: of whoever signed in with a key, or of a person.
create table console_sessions (
  token_hash bytea primary key,
  key_id text references operator_keys (id),
  identity_id text references operator_identities (id),
  created_at timestamptz not null default now(),
  idle_ends_at timestamptz not null,
  ends_at timestamptz not null,
  check (num_nonnulls(key_id, identity_id) = 1)
);
create index console_sessions_of_key on console_sessions (key_id) where key_id is not null;
create index console_sessions_of_identity on console_sessions (identity_id) where identity_id is not null;
create index console_sessions_by_end on console_sessions (ends_at);

-- Links that sign in with a key once, for demos.
create table sign_in_links (
  secret_hash bytea primary key,
  key_id text not null references operator_keys (id),
  expires_at timestamptz not null,
  used_at timestamptz
);
