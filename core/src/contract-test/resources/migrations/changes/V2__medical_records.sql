-- liquibase formatted sql
-- changeset kim:V2__medical_records
create table medical_records (
    id integer not null primary key,
    patient_id integer not null,
    written_on date not null,
    note varchar(1000) not null
);
-- rollback drop table medical_records;
