-- Money is bigint minor units beside its currency. Times are timestamptz. The server generates ids
-- before the insert, so that an intent has its id before anything else happens.

create table shoppers (
  id text primary key,
  openid text not null unique,
  created_at timestamptz not null default now()
);

-- Only the SHA-256 of a session token is stored.
create table sessions (
  token_hash bytea primary key,
  shopper_id text not null references shoppers,
  expires_at timestamptz not null,
  created_at timestamptz not null default now()
);
create index sessions_by_expiry on sessions (expires_at);

-- Orders move pieces between stock_free, stock_reserved and stock_sold; the sum stays the same.
create table products (
  id text primary key,
  position integer not null unique,
  name_zh text not null,
  name_en text not null,
  stock_free integer not null check (stock_free >= 0),
  stock_reserved integer not null default 0 check (stock_reserved >= 0),
  stock_sold integer not null default 0 check (stock_sold >= 0)
);

create table product_prices (
  product_id text not null references products,
  currency char(3) not null,
  value bigint not null check (value > 0),
  primary key (product_id, currency)
);

create table orders (
  id text primary key,
  shopper_id text not null references shoppers,
  status text not null check (status in ('open', 'paid', 'expired')),
  currency char(3) not null,
  value bigint not null check (value > 0),
  lines jsonb not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  paid_at timestamptz,
  check ((status = 'paid') = (paid_at is not null))
);
create index orders_of_shopper on orders (shopper_id, id desc);

-- One attempt to pay one order. Its id is the merchantReference at Adyen.
create table payments (
  id text primary key,
  order_id text not null references orders,
  shopper_id text not null references shoppers,
  currency char(3) not null,
  value bigint not null check (value > 0),
  status text not null check (status in
    ('starting', 'awaiting_shopper', 'processing', 'expired', 'error', 'cancelled', 'refused', 'authorised')),
  result_code text,
  pays_order boolean not null default false,
  surplus boolean not null default false,
  psp_reference text,
  payment_data text,
  wx_parameters jsonb,
  version integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  check (not (pays_order and surplus)),
  check ((status = 'authorised') = (pays_order or surplus))
);
create index payments_of_order on payments (order_id, id desc);
create index payments_of_psp_reference on payments (psp_reference);
-- At most one attempt pays an order ...
create unique index payments_one_pays_order on payments (order_id) where pays_order;
-- ... and no second one starts while the outcome of the first is open.
create unique index payments_one_open on payments (order_id)
  where status in ('starting', 'awaiting_shopper', 'processing');

-- Every call to Adyen: its idempotency key is committed before the call leaves, and retries use the same
-- key. `variant` distinguishes calls of one operation with different content. `leased_until` keeps two
-- processes from making a call concurrently; it saves work, the key is the guarantee.
create table adyen_calls (
  payment_id text not null references payments,
  operation text not null check (operation in ('payments', 'payments/details')),
  variant text not null default '',
  -- The content of the first call, for its retries: one key, one body.
  payment_status text,
  idempotency_key uuid not null unique,
  leased_until timestamptz not null,
  started_at timestamptz not null default now(),
  answered_at timestamptz,
  -- How often it was not answered.
  unanswered integer not null default 0,
  primary key (payment_id, operation, variant)
);
create index adyen_calls_without_answer on adyen_calls (leased_until) where answered_at is null;

-- What happened to a payment, in order: inserted with the change it caused, and never changed.
create table payment_events (
  id bigint generated always as identity primary key,
  payment_id text not null references payments,
  version integer not null,
  at timestamptz not null default clock_timestamp(),
  source text not null check (source in ('shopper', 'adyen', 'webhook')),
  type text not null,
  from_status text,
  to_status text not null,
  detail json not null default '{}',
  webhook_id bigint
);
create index payment_events_of_payment on payment_events (payment_id, id);

-- Every authenticated item that Adyen sent. The same content delivered again is only counted.
create table webhook_items (
  id bigint generated always as identity primary key,
  content_hash bytea not null unique,
  event_code text not null,
  event_date timestamptz,
  psp_reference text not null,
  original_reference text not null,
  merchant_account text not null,
  merchant_reference text not null,
  success boolean,
  -- json, not jsonb: it keeps the item as it was sent, also what jsonb refuses, such as NUL in a text.
  item json not null,
  state text not null check (state in ('applied', 'stored', 'foreign', 'attention')),
  attention text,
  deliveries integer not null default 1,
  received_at timestamptz not null default now(),
  last_received_at timestamptz not null default now(),
  check ((state = 'attention') = (attention is not null))
);
create index webhook_items_to_retry on webhook_items (id) where state = 'attention';
create index webhook_items_of_reference on webhook_items (merchant_reference);

alter table payment_events add foreign key (webhook_id) references webhook_items;

-- The first request of a shopper with a key, and what it created.
create table idempotency_keys (
  shopper_id text not null references shoppers,
  key text not null,
  route text not null,
  request_hash bytea not null,
  resource_id text not null,
  created_at timestamptz not null default now(),
  primary key (shopper_id, key)
);

-- Notifies every process that waits for a payment at the commit of its change.
create function notify_payment_changed() returns trigger language plpgsql as $$
begin
  perform pg_notify('payment_changed', new.id);
  return null;
end $$;

create trigger payment_changed after update of version on payments
  for each row execute function notify_payment_changed();
