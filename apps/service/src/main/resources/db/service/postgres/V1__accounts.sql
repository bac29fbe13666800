CREATE TABLE lifebelt_service_account (
    id int PRIMARY KEY,
    balance bigint NOT NULL CHECK (balance >= 0)
);
INSERT INTO lifebelt_service_account (id, balance) SELECT id, 10000 FROM generate_series(1, 16) AS id;
