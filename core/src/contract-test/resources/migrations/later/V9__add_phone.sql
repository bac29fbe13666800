-- liquibase formatted sql
-- changeset kim:V9__add_phone
alter table patients add column phone varchar(40);
-- rollback alter table patients drop column phone;
