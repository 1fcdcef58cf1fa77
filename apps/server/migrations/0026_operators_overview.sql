-- Operators list what is paid and not shipped: an order has the time at which it was first shipped. A trigger sets it,
-- so that servers of the release before set it too; they also read orders with their shipments, which have a shipped_at.
alter table orders add column first_shipped_at timestamptz;
update orders set first_shipped_at = shipments.shipped_at from shipments where order_id = orders.id;

create function note_shipment_of_order() returns trigger language plpgsql as $$
begin
  update orders set first_shipped_at = new.shipped_at where id = new.order_id and first_shipped_at is null;
  return null;
end $$;
create trigger shipment_of_order after insert on shipments
  for each row execute function note_shipment_of_order();

create index orders_to_ship on orders (paid_at, id) where status = 'paid' and first_shipped_at is null;
create index shipments_by_time on shipments (shipped_at desc, order_id desc);
create index shipments_not_uploaded on shipments (shipped_at, order_id) where upload = 'failed';

-- What the overview counts by the time at which money moved.
create index orders_by_payment_time on orders (paid_at) include (currency, value) where paid_at is not null;
create index refunds_by_outcome_time on refunds ((coalesce(outcome_at, updated_at))) include (currency, value)
  where status = 'refunded';

-- The audit is listed by time, of all, one actor, one action or one subject.
create index operator_actions_by_time on operator_actions (at desc, id desc);
create index operator_actions_of_actor on operator_actions (actor, at desc, id desc);
create index operator_actions_by_action on operator_actions (action, at desc, id desc);
drop index operator_actions_of_subject;
create index operator_actions_of_subject on operator_actions (subject, at desc, id desc) where subject is not null;
