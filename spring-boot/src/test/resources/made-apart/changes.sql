--liquibase formatted sql
--changeset orders:1
create table made_apart (n int);
