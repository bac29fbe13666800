alter table basket add column uuid uuid;
