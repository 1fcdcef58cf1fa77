-- Refunds. The row, with its idempotency key, is inserted with the event that requires it; a job makes
-- the call; Adyen's webhook reports the outcome, possibly days later. Its id is the reference at Adyen.
create table refunds (
  id text primary key,
  payment_id text not null references payments,
  currency char(3) not null,
  value bigint not null check (value > 0),
  reason text not null check (reason in ('surplus')),
  status text not null check (status in ('requested', 'received', 'refunded', 'failed')),
  idempotency_key uuid not null unique,
  psp_reference text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
-- A surplus is refunded once.
create unique index refunds_one_of_surplus on refunds (payment_id) where reason = 'surplus';
create index refunds_to_send on refunds (created_at) where status = 'requested';
create index refunds_of_psp_reference on refunds (psp_reference);
