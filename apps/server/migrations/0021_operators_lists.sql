-- Operators list orders and payments by time, status and amount, and find them by any reference.
create index orders_by_time on orders (created_at desc, id desc);
create index orders_by_status on orders (status, created_at desc, id desc);
create index payments_by_time on payments (created_at desc, id desc);
create index payments_by_status on payments (status, created_at desc, id desc);
create index payments_by_amount on payments (value, currency, created_at desc, id desc);
create index payments_of_wechat_transaction on payments (wechat_transaction_id) where wechat_transaction_id is not null;
create index shoppers_by_openid_hash on shoppers (sha256(openid::bytea));
create index operator_actions_of_subject on operator_actions (subject, id) where subject is not null;
-- The digits of the number that people read out: see orderNumber in contracts.
create index orders_by_number on orders ((
  case when id ~ '^ord_[0-9a-f]{32}$' then ('x' || right(id, 12))::bit(48)::bigint % 100000000 end
));
create index webhook_items_by_state on webhook_items (state, id desc);
