-- liquibase formatted sql
-- changeset kim:V7__add_uuid
alter table patients add column uuid varchar(36);
-- rollback alter table patients drop column uuid;
