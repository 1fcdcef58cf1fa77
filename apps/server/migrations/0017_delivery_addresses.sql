-- Where an order is delivered to: an address as the shopper chose it in WeChat. Null in a shop that
-- delivers nothing.
alter table orders add column deliver_to jsonb;
