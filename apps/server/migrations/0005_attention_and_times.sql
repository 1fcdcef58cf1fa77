-- An operator handles an item as it was shown: it is listed again after a later change.
alter table attention_handled add column since timestamptz;
update attention_handled set since = handled_at;
alter table attention_handled alter column since set not null;

-- For attention: refunds without an outcome by their age, failed ones by when they failed.
drop index refunds_with_trouble;
create index refunds_under_way on refunds (created_at) where status in ('requested', 'received');
create index refunds_failed on refunds (updated_at) where status = 'failed';

-- Shoppers' idempotency keys are deleted by their age.
create index idempotency_keys_of_shoppers on idempotency_keys (created_at) where caller_id like 'sh\_%';

-- When its shopper cancelled an order.
alter table orders add column cancelled_at timestamptz;
