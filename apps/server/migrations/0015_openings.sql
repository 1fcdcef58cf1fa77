-- How often the cashier was opened, as far as we know: an answer about an earlier opening does not end an
-- attempt that its shopper has continued.
alter table payments add column openings integer not null default 1;
