create table basket (id int primary key);
