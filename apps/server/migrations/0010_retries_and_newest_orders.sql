-- When the retry of an unanswered call is due: the end of its lease, or after a pause. A server of an
-- earlier release does not set it, so its calls are due at once; their leases still hold.
alter table adyen_calls add column retry_at timestamptz not null default now();

-- The newest orders of a shopper by the database's clock: ids contain the clock of a server.
create index orders_of_shopper_by_time on orders (shopper_id, created_at desc, id desc);
