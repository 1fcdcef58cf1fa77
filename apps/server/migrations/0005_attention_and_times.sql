-- An operator deals with what was shown: what came after the moment that was shown with it shows again.
alter table attention_handled add column since timestamptz not null default now();

-- Refunds that Adyen has taken up, and says nothing of for long, are looked for too.
drop index refunds_with_trouble;
create index refunds_with_trouble on refunds (created_at) where status <> 'refunded';

-- Keys are written in the order of time and deleted by it.
create index idempotency_keys_by_time on idempotency_keys using brin (created_at);

-- When its shopper gave an order up.
alter table orders add column cancelled_at timestamptz;
