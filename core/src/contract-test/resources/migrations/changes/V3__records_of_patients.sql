-- liquibase formatted sql
-- changeset kim:V3__records_of_patients
alter table medical_records
    add constraint medical_records_of_patient foreign key (patient_id) references patients (id);
-- rollback alter table medical_records drop constraint medical_records_of_patient;
