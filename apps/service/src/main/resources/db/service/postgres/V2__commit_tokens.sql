-- UnitOfWork.tokenTableStatement(); it may be there already, for another application.
CREATE TABLE IF NOT EXISTS lifebelt_token (id uuid PRIMARY KEY, fence boolean NOT NULL DEFAULT false);
