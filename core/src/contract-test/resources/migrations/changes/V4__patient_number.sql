-- liquibase formatted sql
-- changeset kim:V4__patient_number
alter table patients add column number varchar(20);
alter table patients add constraint patients_number unique (number);
-- rollback alter table patients drop column number;
