-- liquibase formatted sql
-- changeset kim:V9__allergies
create table allergies (id integer not null primary key);
alter table nowhere add column patient_id integer;
-- rollback drop table allergies;
