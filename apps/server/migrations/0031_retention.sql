-- What only grows may lose personal data: each trigger lets through the one change that removes it, and no other. The
-- functions below compute that change, so that the database itself checks it.

-- A webhook item without what Adyen neither signs nor we read: of additionalData only the signature stays, and an openid in
-- the reason is hidden. A text that PostgreSQL cannot read, which holds U+0000 or half a character, loses those.
create function trim_webhook_item(item json) returns json language plpgsql immutable as $$
declare
  trimmed json;
begin
  select json_object_agg(key, case key
      when 'additionalData' then case
        when json_typeof(value) = 'object' and value -> 'hmacSignature' is not null
        then json_build_object('hmacSignature', value -> 'hmacSignature') else '{}'::json end
      when 'reason' then regexp_replace(value::text, '(?<![\w-])o[\w-]{27}(?![\w-])', '[openid]', 'g')::json
      else value end order by place)
  into trimmed
  from json_each(item) with ordinality as member (key, value, place)
  where key in ('pspReference', 'originalReference', 'merchantAccountCode', 'merchantReference', 'amount', 'eventCode',
    'eventDate', 'success', 'reason', 'paymentMethod', 'additionalData');
  return coalesce(trimmed, '{}');
exception when untranslatable_character or invalid_text_representation then
  return trim_webhook_item(
    regexp_replace(item::text, '(?<!\\)((?:\\\\)*)\\u(?:0000|[dD][89abAB][0-9a-fA-F]{2}|[dD][c-fC-F][0-9a-fA-F]{2})', '\1', 'g')::json);
end $$;

alter table webhook_items add column trimmed_at timestamptz;
create index webhook_items_to_trim on webhook_items (received_at, id) where trimmed_at is null and state <> 'attention';

drop trigger inbox_keeps_its_words on webhook_items;
create trigger inbox_keeps_its_words before update of
  content_hash, event_code, event_date, psp_reference, original_reference, merchant_account, merchant_reference,
  success, received_at on webhook_items
  for each statement execute function inbox_only_grows();
create trigger inbox_items_are_only_trimmed before update of item on webhook_items
  for each row when (new.item::text is distinct from old.item::text
    and new.item::text is distinct from trim_webhook_item(old.item)::text)
  execute function inbox_only_grows();

-- The detail of an action without the texts that an operator wrote or searched for.
create function trim_action_detail(detail json) returns json language sql immutable as $$
  select coalesce(json_object_agg(key, value order by place), '{}')
  from json_each(detail) with ordinality as member (key, value, place)
  where key not in ('note', 'reason', 'rejection', 'q', 'carrier', 'trackingNo', 'items', 'senderContact')
$$;

drop trigger operator_actions_keep_what_was_done on operator_actions;
create trigger operator_actions_keep_what_was_done before truncate on operator_actions
  for each statement execute function operator_actions_only_grow();
create trigger operator_actions_are_only_trimmed before update on operator_actions
  for each row when ((new.id, new.at, new.actor, new.action, new.subject, new.request_id)
      is distinct from (old.id, old.at, old.actor, old.action, old.subject, old.request_id)
    or (new.detail::text is distinct from old.detail::text
      and new.detail::text is distinct from trim_action_detail(old.detail)::text))
  execute function operator_actions_only_grow();
-- Network logs are kept for six months at least (Cybersecurity Law of China, article 21).
create trigger operator_actions_stay_for_half_a_year before delete on operator_actions
  for each row when (old.at > now() - interval '183 days')
  execute function operator_actions_only_grow();

-- A server whose role may neither change nor delete actions does it by these two, which run as their owner.
create function trim_actions(subjects text[], searched text[]) returns bigint language sql security definer as $$
  with trimmed as (
    update operator_actions set detail = trim_action_detail(detail)
    where detail::text <> trim_action_detail(detail)::text
      and (subject = any(subjects) or (action = 'search' and (detail ->> 'q' = any(searched) or lower(detail ->> 'q') = any(searched))))
    returning 1
  ) select count(*) from trimmed
$$;
create function delete_actions(before timestamptz, at_most integer) returns bigint language sql security definer as $$
  with deleted as (
    delete from operator_actions where id = any(array(
      select id from operator_actions
      where at < least(before, now() - interval '183 days') order by at limit at_most
    )) returning 1
  ) select count(*) from deleted
$$;
-- Nobody's temporary tables stand in for ours.
do $$
begin
  execute format('alter function trim_actions(text[], text[]) set search_path = %I, pg_temp', current_schema());
  execute format('alter function delete_actions(timestamptz, integer) set search_path = %I, pg_temp', current_schema());
end $$;
-- By default every role could execute them. The roles that record actions are those of servers.
revoke execute on function trim_actions(text[], text[]), delete_actions(timestamptz, integer) from public;
do $$
declare
  server name;
begin
  for server in
    select distinct grantee from information_schema.role_table_grants
    where table_schema = current_schema() and table_name = 'operator_actions' and privilege_type = 'INSERT'
  loop
    execute format(
      'grant execute on function trim_actions(text[], text[]), delete_actions(timestamptz, integer) to %I', server);
  end loop;
end $$;

-- An event for a merchant without their own facts about the order.
create function trim_merchant_event(data json) returns json language sql immutable as $$
  select coalesce(json_object_agg(key, case key when 'metadata' then '{}'::json else value end order by place), '{}')
  from json_each(data) with ordinality as member (key, value, place)
$$;
drop trigger merchant_events_keep_their_words on merchant_events;
create trigger merchant_events_keep_their_words before update of number, id, order_id, version, type, at
  on merchant_events for each statement execute function merchant_events_only_grow();
create trigger merchant_events_are_only_trimmed before update of data on merchant_events
  for each row when (new.data::text is distinct from old.data::text
    and new.data::text is distinct from trim_merchant_event(old.data)::text)
  execute function merchant_events_only_grow();

-- Orders whose address is no longer needed: closed unpaid, shipped, or refunded.
create index orders_unpaid_with_address on orders (expires_at)
  where deliver_to is not null and status in ('expired', 'cancelled');
create index orders_shipped_with_address on orders (first_shipped_at)
  where deliver_to is not null and first_shipped_at is not null;
create index orders_to_ship_with_address on orders (paid_at)
  where deliver_to is not null and first_shipped_at is null and status = 'paid';

create index attention_notes_by_time on attention_notes (at);
create index refund_proposals_by_end on refund_proposals (expires_at);
