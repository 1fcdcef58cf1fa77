-- When a reversal was made: a refund, in the Customer Area, of all that the other refunds left, which
-- may be nothing.
alter table refunds add column reversed_at timestamptz;
update refunds set reversed_at = outcome_at where outcome_code = 'CANCEL_OR_REFUND';
alter table refunds drop constraint refunds_value_check;
alter table refunds add constraint refunds_value_check check (value > 0 or (reversed_at is not null and value = 0));
