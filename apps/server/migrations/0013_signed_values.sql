-- An item is known by the values that Adyen signs, so that a copy changed elsewhere is no new one.
comment on column webhook_items.content_hash is
  'SHA-256 of what identifies the item: the values that Adyen signs; of a report also its address';
-- The reports of a day are counted before an unsigned one is stored.
create index webhook_items_of_reports on webhook_items (received_at) where event_code = 'REPORT_AVAILABLE';
-- An empty reference names nothing.
update payments set psp_reference = null where psp_reference = '';
update refunds set psp_reference = null where psp_reference = '';
