-- Renames three event types. `"heard":` occurs unescaped only as that member's name.
update payment_events set type = 'abandoned' where type = 'given_up';
update payment_events set type = 'cancel_answered', detail = replace(detail::text, '"heard":', '"answer":')::json
  where type = 'cancel_news';
update payment_events set type = 'refund_updated', detail = replace(detail::text, '"heard":', '"status":')::json
  where type = 'refund_news';

-- The events are the audit trail of a payment: each version has one, and none is changed or removed.
alter table payment_events add constraint payment_events_one_for_each_version unique (payment_id, version);
create function payment_events_only_grow() returns trigger language plpgsql as $$
begin
  raise exception 'payment_events only grows: no % of what happened', lower(tg_op)
    using errcode = 'restrict_violation';
end $$;
create trigger payment_events_keep_what_happened before update or delete or truncate on payment_events
  for each statement execute function payment_events_only_grow();
