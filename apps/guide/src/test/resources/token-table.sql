create table lifebelt_token (id uuid primary key, fence boolean not null default false)                         -- PostgreSQL
create table lifebelt_token (id binary(16) not null primary key, fence boolean not null default false) engine=InnoDB -- MySQL, MariaDB
