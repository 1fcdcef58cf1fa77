-- Orders of a merchant's own shop: named by the merchant, without lines and stock. The shopper is unknown until
-- one presents the pay token, of which only the SHA-256 is stored.
alter table orders alter column shopper_id drop not null;
alter table orders
  -- The merchant's own name of it. Null for an order of the shop that comes with Tael.
  add column reference text,
  add column description jsonb,
  add column metadata jsonb,
  -- SHA-256 of the request that made or last changed it: the same request again changes nothing.
  add column request_hash bytea,
  add column pay_token_hash bytea,
  -- What becomes of money that arrives after it expired.
  add column late_money text check (late_money in ('refund', 'keep')),
  -- Incremented by each change of the merchant's, and by each that an event reports to them.
  add column version integer not null default 1;
alter table orders add constraint orders_of_merchants check (
  case when reference is null
    then shopper_id is not null and num_nonnulls(description, metadata, request_hash, pay_token_hash, late_money) = 0
    else num_nulls(description, metadata, request_hash, late_money) = 0 and num_nonnulls(shopper_id, pay_token_hash) > 0
      and lines = '[]' and deliver_to is null
  end
);
create unique index orders_of_reference on orders (reference) where reference is not null;
create index orders_of_merchants_by_time on orders (created_at desc, id desc) where reference is not null;
create index orders_of_merchants_by_status on orders (status, created_at desc, id desc) where reference is not null;
