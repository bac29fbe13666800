-- UnitOfWork.tokenTableStatement(); it may be there already, for another application.
CREATE TABLE IF NOT EXISTS lifebelt_token (
    id binary(16) NOT NULL PRIMARY KEY,
    fence boolean NOT NULL DEFAULT false
) ENGINE = InnoDB;
