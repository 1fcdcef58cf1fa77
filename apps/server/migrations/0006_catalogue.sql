-- Every piece that came into stock or was removed from it: their sum is what is free, reserved and sold.
-- Existing stock is recorded as one intake.
create table stock_intakes (
  id bigint generated always as identity primary key,
  at timestamptz not null default clock_timestamp(),
  product_id text not null references products,
  pieces integer not null check (pieces <> 0)
);
create index stock_intakes_of_product on stock_intakes (product_id);
insert into stock_intakes (product_id, pieces)
select id, stock_free + stock_reserved + stock_sold from products
where stock_free + stock_reserved + stock_sold > 0;

-- Positions are not unique: they change one by one, and goods no longer sold keep theirs.
alter table products drop constraint products_position_key;
