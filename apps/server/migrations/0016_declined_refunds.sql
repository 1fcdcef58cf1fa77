-- That the shop does not grant a refund which the shopper of an order requested, and why.
alter table orders add column refund_declined_at timestamptz;
alter table orders add column refund_decline_reason text;
