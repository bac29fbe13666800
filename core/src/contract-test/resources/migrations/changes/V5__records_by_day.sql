-- liquibase formatted sql
-- changeset kim:V5__records_by_day
create index medical_records_by_day on medical_records (patient_id, written_on);
-- rollback empty
