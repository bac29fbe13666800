create table made_apart (n int);
