-- What one shopper holds: their open orders, and those that were closed unpaid of late.
create index orders_open_of_shopper on orders (shopper_id) where status = 'open';
create index orders_of_shopper_by_expiry on orders (shopper_id, expires_at);

-- Keys that led to a resource which another key created: only the newest few are kept.
alter table idempotency_keys add column moved boolean not null default false;
create index idempotency_keys_moved on idempotency_keys (caller_id, resource_id) where moved;
