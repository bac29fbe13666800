create table apart (n int);
