-- Adyen's Settlement details reports and what comparing them with our records found, kept as books are.
create table settlement_reports (
  id text primary key,
  sha256 bytea not null unique,
  name text not null,
  bytes bigint not null,
  -- gzip: a report is compared again with the records of another day.
  content bytea not null,
  received_at timestamptz not null default now()
);

-- The result of one comparison. `series`: the results of one batch, each after its `previous_id`.
create table settlements (
  id text primary key,
  report_id text not null references settlement_reports,
  merchant_account text not null,
  batch text,
  series text not null,
  previous_id text unique references settlements,
  created_at timestamptz not null default now(),
  -- The id of a key, `command:` and a user, or `adyen`.
  actor text not null,
  -- The period that was asked for; null: that of the report's lines.
  wanted_from timestamptz,
  wanted_to timestamptz,
  payments_from timestamptz,
  payments_to timestamptz,
  refunds_from timestamptz,
  refunds_to timestamptz,
  totals json not null,
  differences integer not null,
  -- Compared with `previous_id`: new, and no longer there.
  added integer,
  gone integer
);
create unique index settlements_first_of_series on settlements (series) where previous_id is null;
create index settlements_by_time on settlements (created_at desc, id desc);
create index settlements_of_report on settlements (report_id, merchant_account);
create index settlements_differing on settlements (created_at) where differences > 0;

-- `identity`: SHA-256 of what makes a difference the same in two results of a series.
create table settlement_differences (
  settlement_id text not null references settlements,
  number integer not null,
  identity bytea not null,
  kind text not null,
  text text not null,
  line integer,
  type text,
  psp_reference text,
  reported_currency text,
  reported_decimal text,
  our_currency text,
  our_value bigint,
  order_id text,
  payment_id text,
  refund_id text,
  primary key (settlement_id, number),
  unique (settlement_id, identity)
);

-- What an operator did about a difference, for every result of its series.
create table settlement_handled (
  series text not null,
  identity bytea not null,
  handled_at timestamptz not null default now(),
  actor text not null,
  note text not null,
  primary key (series, identity)
);
