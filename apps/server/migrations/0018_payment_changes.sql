-- Servers look at the payments that somebody waits for. A commit that notifies takes a lock of the whole database while it
-- is made durable, so that all of them wait for each other.
drop trigger payment_changed on payments;
drop function notify_payment_changed();
