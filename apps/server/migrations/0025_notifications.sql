-- What the server watches, as it was found last: attention items, and conditions of the whole shop, which have
-- the empty subject. It is resolved once it is found no more.
create table watched_items (
  kind text not null,
  subject text not null,
  -- When an attention item last changed; null for a condition of the shop.
  since timestamptz,
  payment_id text,
  currency char(3),
  value bigint,
  opened_at timestamptz not null default statement_timestamp(),
  resolved_at timestamptz,
  primary key (kind, subject)
);
create index watched_items_open on watched_items (kind) where resolved_at is null;
create index watched_items_resolved on watched_items (resolved_at) where resolved_at is not null;

-- What each channel was last notified of about an item.
create table notified_items (
  channel text not null,
  kind text not null,
  subject text not null,
  since timestamptz,
  is_open boolean not null,
  -- When the channel was last notified that it is open.
  notified_at timestamptz not null,
  primary key (kind, subject, channel),
  foreign key (kind, subject) references watched_items on delete cascade
);

-- Every notification to a channel: written with the change that it reports, and then sent by a job.
create table notifications (
  id bigint generated always as identity primary key,
  channel text not null,
  kind text not null,
  -- NotificationFacts of contracts.
  facts json not null,
  state text not null check (state in ('waiting', 'sent', 'failed')),
  tries integer not null default 0,
  -- Until when it is tried again.
  retry_until timestamptz not null,
  next_try_at timestamptz,
  sent_at timestamptz,
  -- When and why the last try failed.
  failed_at timestamptz,
  failure text,
  created_at timestamptz not null default statement_timestamp(),
  check ((state = 'sent') = (sent_at is not null)),
  check ((state = 'waiting') = (next_try_at is not null))
);
create index notifications_by_state on notifications (state, id desc);
create index notifications_to_send on notifications (next_try_at) where state = 'waiting';
create index notifications_sent on notifications (channel, sent_at) where sent_at is not null;
create index notifications_failed on notifications (channel, failed_at) where failed_at is not null;
create index notifications_of_digest on notifications (channel, created_at) where kind = 'digest';
create index notifications_by_age on notifications (created_at);

-- How many calls the servers made to Adyen and to WeChat in a minute, and how many of them failed.
create table call_counts (
  service text not null check (service in ('adyen', 'wechat')),
  minute timestamptz not null,
  made integer not null,
  failed integer not null,
  primary key (service, minute)
);

-- For what is watched every minute.
create index webhook_items_of_authorisations on webhook_items (received_at desc) where event_code = 'AUTHORISATION';
create index refunds_by_change on refunds (updated_at);
