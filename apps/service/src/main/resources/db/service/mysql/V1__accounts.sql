CREATE TABLE lifebelt_service_account (
    id int NOT NULL PRIMARY KEY,
    balance bigint NOT NULL CHECK (balance >= 0)
) ENGINE = InnoDB;
INSERT INTO lifebelt_service_account (id, balance) VALUES
    (1, 10000), (2, 10000), (3, 10000), (4, 10000), (5, 10000), (6, 10000), (7, 10000), (8, 10000),
    (9, 10000), (10, 10000), (11, 10000), (12, 10000), (13, 10000), (14, 10000), (15, 10000), (16, 10000);
