-- Why money is refunded and who requested it: null of automatic refunds, of those made in the Customer
-- Area, and of those made before. `stated_reason` is what an operator chose, or `merchant`.
alter table refunds add column stated_reason text;
alter table refunds add column note text;
alter table refunds add column requested_by text;
alter table refunds add column requested_by_name text;

-- Operators list refunds by time, status, amount and reason.
create index refunds_by_time on refunds (created_at desc, id desc);
create index refunds_by_status on refunds (status, created_at desc, id desc);
create index refunds_by_amount on refunds (value, created_at desc, id desc);
create index refunds_by_reason on refunds (reason, stated_reason, created_at desc, id desc);

-- What a key may refund of one payment by itself; null: whatever is left of it.
alter table operator_keys add column refund_limit_currency text;
alter table operator_keys add column refund_limit_value bigint check (refund_limit_value >= 0);
alter table operator_keys add constraint operator_keys_refund_limit
  check ((refund_limit_currency is null) = (refund_limit_value is null));

-- A refund above the limit of its key: a second operator confirms or rejects it before it expires.
create table refund_proposals (
  -- The id of the refund that its confirmation requests.
  refund_id text primary key,
  payment_id text not null references payments,
  currency text not null,
  value bigint not null check (value > 0),
  reason text not null,
  note text,
  proposed_by text not null,
  proposed_by_name text not null,
  proposed_at timestamptz not null,
  expires_at timestamptz not null,
  decision text check (decision in ('confirmed', 'rejected')),
  decided_by text,
  decided_by_name text,
  decided_at timestamptz,
  rejection text,
  check ((decision is null) = (decided_by is null)),
  check ((decision is null) = (decided_by_name is null)),
  check ((decision is null) = (decided_at is null)),
  check ((decision is not distinct from 'rejected') = (rejection is not null)),
  check (decided_by <> proposed_by or decision <> 'confirmed')
);
create index refund_proposals_of_payment on refund_proposals (payment_id);
create index refund_proposals_by_time on refund_proposals (proposed_at desc, refund_id desc);
create index refund_proposals_by_decision on refund_proposals (decision, proposed_at desc, refund_id desc);

-- Who handles an item that needs attention, until it is handled or released.
create table attention_owners (
  kind text not null,
  subject text not null,
  owner text not null,
  owner_name text not null,
  assigned_at timestamptz not null default now(),
  primary key (kind, subject)
);

-- What operators noted about an item.
create table attention_notes (
  id bigint generated always as identity primary key,
  kind text not null,
  subject text not null,
  at timestamptz not null default now(),
  author text not null,
  author_name text not null,
  note text not null
);
create index attention_notes_of_item on attention_notes (kind, subject, id);
