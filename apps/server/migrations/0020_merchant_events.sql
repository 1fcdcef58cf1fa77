-- What happened to the orders of a merchant, for their backend: inserted with the change it reports, and never
-- changed or removed.
create table merchant_events (
  number bigint generated always as identity primary key,
  id text not null unique,
  order_id text not null references orders,
  -- The order's, after the change.
  version integer not null,
  type text not null,
  at timestamptz not null default statement_timestamp(),
  -- What it reports, as the receiver gets it.
  data json not null,
  -- Its place in the feed, given when the feed is read first after the commit: numbers are drawn before it, so
  -- that a higher one may be visible first.
  position bigint unique,
  unique (order_id, version)
);
create index merchant_events_without_position on merchant_events (number) where position is null;

create function merchant_events_only_grow() returns trigger language plpgsql as $$
begin
  raise exception 'merchant_events only grows: no % of what happened', lower(tg_op)
    using errcode = 'restrict_violation';
end $$;
create trigger merchant_events_keep_what_happened before delete or truncate on merchant_events
  for each statement execute function merchant_events_only_grow();
create trigger merchant_events_keep_their_words before update of number, id, order_id, version, type, at, data
  on merchant_events for each statement execute function merchant_events_only_grow();

-- The deliveries of events to the merchant's backend that were tried. It accepted an event with `delivered_at`;
-- with `failed_at` nothing tries any more, and an operator must look.
create table merchant_deliveries (
  event_id text primary key references merchant_events (id),
  tries integer not null default 0,
  -- Until when it is tried again.
  retry_until timestamptz not null,
  delivered_at timestamptz,
  failed_at timestamptz,
  -- Why the last try failed.
  failure text,
  check (delivered_at is null or failed_at is null)
);
create index merchant_deliveries_failed on merchant_deliveries (failed_at) where failed_at is not null;
