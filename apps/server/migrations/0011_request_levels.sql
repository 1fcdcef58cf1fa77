-- How many requests each busy caller has sent of late, summed over all servers. A level drains with time, so
-- a crash of PostgreSQL, which empties an unlogged table, costs nothing.
create unlogged table request_levels (
  caller text primary key,
  level real not null,
  -- How much of it drains in a second.
  drain real not null,
  at timestamptz not null default now()
);
