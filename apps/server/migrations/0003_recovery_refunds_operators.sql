-- An order that its shopper cancelled, and a shopper who requests a refund.
alter table orders drop constraint orders_status_check;
alter table orders add constraint orders_status_check check (status in ('open', 'paid', 'expired', 'cancelled'));
alter table orders add column refund_requested_at timestamptz;
create index orders_with_refund_request on orders (refund_requested_at) where refund_requested_at is not null;

-- The event codes by which money of an authorised payment was taken back, such as a chargeback: a sorted
-- set, because the order of arrival must not matter.
alter table payments add column reversals text[] not null default '{}';
create index payments_reversed on payments (updated_at) where reversals <> '{}' and status = 'authorised';
create index payments_unknown on payments (created_at) where status in ('starting', 'processing');

-- Refunds and cancels have their calls here too. The variant of a refund's call is the refund's id.
alter table adyen_calls drop constraint adyen_calls_operation_check;
alter table adyen_calls add constraint adyen_calls_operation_check
  check (operation in ('payments', 'payments/details', 'refunds', 'cancels'));
insert into adyen_calls (payment_id, operation, variant, idempotency_key, leased_until, started_at, answered_at)
select payment_id, 'refunds', id, idempotency_key, created_at, created_at,
  case when status <> 'requested' then updated_at end
from refunds;
alter table refunds drop column idempotency_key;

-- `external`: made in Adyen's Customer Area and reported by webhook.
alter table refunds drop constraint refunds_reason_check;
alter table refunds add constraint refunds_reason_check check (reason in ('surplus', 'operator', 'external'));
-- The webhook that decided the outcome: an older one never overrides it.
alter table refunds add column outcome_code text, add column outcome_at timestamptz;
drop index refunds_to_send;
create index refunds_of_payment on refunds (payment_id, id);
create index refunds_with_trouble on refunds (updated_at) where status in ('requested', 'failed');
create unique index refunds_one_of_modification on refunds (psp_reference) where psp_reference is not null;
drop index refunds_of_psp_reference;

-- The refunds of a payment, those in progress included, never exceed it.
create function refunds_within_payment() returns trigger language plpgsql as $$
declare
  paid bigint;
  back bigint;
begin
  select value into paid from payments where id = new.payment_id for update;
  select coalesce(sum(value), 0) into back from refunds where payment_id = new.payment_id and status <> 'failed';
  if back > paid then
    raise exception 'refunds of % would exceed the payment: % of %', new.payment_id, back, paid
      using errcode = 'check_violation', constraint = 'refunds_within_payment';
  end if;
  return null;
end $$;
create trigger refunds_within_payment after insert or update of status, value on refunds
  for each row execute function refunds_within_payment();

-- Operators and jobs may cause events.
alter table payment_events drop constraint payment_events_source_check;
alter table payment_events add constraint payment_events_source_check
  check (source in ('shopper', 'adyen', 'webhook', 'operator', 'job'));
-- The events of a payment that a webhook caused.
create index payment_events_of_webhook on payment_events (webhook_id) where webhook_id is not null;

create index webhook_items_of_original on webhook_items (original_reference) where original_reference <> '';
create index webhook_items_by_date on webhook_items (event_date, id);

-- Idempotency keys belong to shoppers or operators.
alter table idempotency_keys drop constraint idempotency_keys_shopper_id_fkey;
alter table idempotency_keys rename column shopper_id to caller_id;

-- A key is shown once, when it is created; only its SHA-256 is stored.
create table operator_keys (
  id text primary key,
  name text not null,
  key_hash bytea not null unique,
  scopes text[] not null check (cardinality(scopes) > 0),
  created_at timestamptz not null default now(),
  revoked_at timestamptz
);

-- What operators did, inserted with the change. The actor is the id of an operator's key, or `command:`
-- and a user.
create table operator_actions (
  id bigint generated always as identity primary key,
  at timestamptz not null default clock_timestamp(),
  actor text not null,
  action text not null,
  subject text,
  detail json not null default '{}',
  request_id text
);

-- What an operator has handled: it is listed again only after it changed.
create table attention_handled (
  kind text not null,
  subject text not null,
  handled_at timestamptz not null default now(),
  actor text not null,
  note text not null,
  primary key (kind, subject)
);
