-- What opened the cashiers of attempts that ended is forgotten: this finds what is left to forget.
create index payments_holding_cashier on payments (created_at)
  where wx_parameters is not null or payment_data is not null;

-- What operators did is never changed or removed.
create function operator_actions_only_grow() returns trigger language plpgsql as $$
begin
  raise exception 'operator_actions only grows: no % of what was done', lower(tg_op)
    using errcode = 'restrict_violation';
end $$;
create trigger operator_actions_keep_what_was_done before update or delete or truncate on operator_actions
  for each statement execute function operator_actions_only_grow();

-- A key may have an end.
alter table operator_keys add column expires_at timestamptz;
