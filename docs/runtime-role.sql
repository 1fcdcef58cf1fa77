-- A role for the servers that owns nothing: it can neither change tables nor remove what was recorded.
-- Run it once, as the owner of the database and of its tables, after `command.js migrate`:
--   psql "$OWNER_URL" --file docs/runtime-role.sql
-- Then give the role a password (\password tael_server), and the servers a DATABASE_URL with it.
create role tael_server login;
grant usage on schema public, pgboss to tael_server;
grant select, insert, update, delete on all tables in schema public, pgboss to tael_server;
grant usage on all sequences in schema public, pgboss to tael_server;
-- Tables that later releases add.
alter default privileges in schema public, pgboss grant select, insert, update, delete on tables to tael_server;
alter default privileges in schema public, pgboss grant usage on sequences to tael_server;

-- What may be trimmed and deleted of the audit: docs/privacy.md.
grant execute on function trim_actions, delete_actions to tael_server;

revoke update, delete on payment_events, operator_actions from tael_server;
revoke delete on webhook_items, orders, payments, refunds from tael_server;
revoke insert, update, delete on kysely_migration from tael_server;
