-- liquibase formatted sql
-- changeset kim:V8__uuid_is_unique
alter table patients add constraint patients_uuid unique (uuid);
-- rollback alter table patients drop constraint patients_uuid;
