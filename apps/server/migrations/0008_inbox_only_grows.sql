-- The inbox only grows: stored items are never changed or removed, but their state may change.
create function inbox_only_grows() returns trigger language plpgsql as $$
begin
  raise exception 'webhook_items only grows: no % of what Adyen said', lower(tg_op)
    using errcode = 'restrict_violation';
end $$;
create trigger inbox_keeps_its_items before delete or truncate on webhook_items
  for each statement execute function inbox_only_grows();
create trigger inbox_keeps_its_words before update of
  content_hash, event_code, event_date, psp_reference, original_reference, merchant_account, merchant_reference,
  success, item, received_at on webhook_items
  for each statement execute function inbox_only_grows();
