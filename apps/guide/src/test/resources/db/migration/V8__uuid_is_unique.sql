alter table basket add unique (uuid);
