-- The application now connects as a role that owns nothing; its rights are given by src/db/apply-grants.ts from the one
-- table of grants, so that each database has exactly those, however it was made.
--
-- What triggers call looks names up where they are meant. Whoever may make a temporary table could otherwise have the
-- check of the books read that one.
alter function refuse_change() set search_path = pg_catalog, public, pg_temp;
alter function ledger_must_balance() set search_path = pg_catalog, public, pg_temp;
alter function raise_access_version() set search_path = pg_catalog, public, pg_temp;
alter function payments_guard() set search_path = pg_catalog, public, pg_temp;
