-- A refund of whatever is left, made in the Customer Area: how much that was depends on the other refunds, and may be
-- nothing.
alter table refunds add column is_reversal boolean not null default false;
update refunds set is_reversal = true where outcome_code = 'CANCEL_OR_REFUND';
alter table refunds drop constraint refunds_value_check;
alter table refunds add constraint refunds_value_check check (value > 0 or (is_reversal and value = 0));
