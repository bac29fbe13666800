-- liquibase formatted sql
-- changeset kim:V1__patients
create table patients (id integer not null primary key, name varchar(100) not null);
-- rollback drop table patients;
