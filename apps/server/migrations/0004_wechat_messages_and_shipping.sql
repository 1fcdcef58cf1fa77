-- The access token of WeChat's API, shared by all servers. A secret: it is valid for two hours.
create table wechat_tokens (
  app_id text primary key,
  token text not null,
  expires_at timestamptz not null
);

-- WeChat's transaction id of a payment, where Adyen reports it.
alter table payments add column wechat_transaction_id text;

-- The shipment of a paid order. `upload` is the state of the upload to WeChat; null where uploads are off.
-- A correction replaces the shipment, under another id.
create table shipments (
  id text primary key,
  order_id text not null unique references orders,
  logistics_type text not null check (logistics_type in ('express', 'same_city', 'virtual', 'self_pickup')),
  carrier text,
  tracking_no text,
  items text not null,
  sender_contact text,
  shipped_at timestamptz not null default now(),
  recorded_at timestamptz not null default now(),
  upload text check (upload in ('requested', 'uploaded', 'failed')),
  upload_reason text,
  -- How often it was uploaded.
  upload_tries integer not null default 0,
  check (logistics_type <> 'express' or (carrier is not null and tracking_no is not null))
);
create index shipments_with_trouble on shipments (recorded_at) where upload in ('requested', 'failed');
