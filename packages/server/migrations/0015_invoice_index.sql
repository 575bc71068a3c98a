-- Made anew to be the youngest of those that begin with the collection. Of indexes that seem equally good PostgreSQL takes the
-- youngest, and while a table is nearly empty they do: then an invoice was looked for among all payments of its collection, by
-- every connection that had planned it so, until the table was next analyzed.
drop index payments_by_invoice;
create index payments_by_invoice on payments (collection_id, invoice, id);
