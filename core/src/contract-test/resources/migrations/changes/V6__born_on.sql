-- liquibase formatted sql
-- changeset kim:V6__born_on
alter table patients add column born_on date;
-- rollback alter table patients drop column born_on;
