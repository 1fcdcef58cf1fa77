-- An openid at rest. In clear, `openid` holds it, and `openid_key` is null. Encrypted, `openid_sealed` holds it under the
-- key of the id `openid_key`, and `openid` a keyed hash, by which a login finds its shopper. Of an erased shopper
-- `openid_key` is `erased`, and `erased_at` is null until everything of theirs is erased.
alter table shoppers add column openid_sealed bytea;
alter table shoppers add column openid_key text;
alter table shoppers add column erased_at timestamptz;
-- Those under each key: the key they move from, or whose erasure is to be continued.
create index shoppers_by_openid_key on shoppers (openid_key, id);
create index shoppers_being_erased on shoppers (id) where openid_key = 'erased' and erased_at is null;
-- The sessions that are removed with their shopper.
create index sessions_of_shopper on sessions (shopper_id);
