-- The overview counts how far the orders of a period have come without reading the rows.
drop index orders_by_time;
create index orders_by_time on orders (created_at desc, id desc) include (paid_at);
drop index payments_by_time;
create index payments_by_time on payments (created_at desc, id desc) include (order_id);
create index payment_events_of_cashiers on payment_events (at) include (payment_id) where type = 'cashier_ready';
