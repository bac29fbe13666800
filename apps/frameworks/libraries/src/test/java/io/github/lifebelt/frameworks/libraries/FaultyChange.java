package io.github.lifebelt.frameworks.libraries;

import liquibase.change.custom.CustomTaskChange;
import liquibase.database.Database;
import liquibase.exception.ValidationErrors;
import liquibase.resource.ResourceAccessor;

/** The place for a fault in {@code changelog.xml}, which names this class. */
public final class FaultyChange implements CustomTaskChange {
    /** For Liquibase. */
    public FaultyChange() {}

    @Override
    public void execute(Database database) {
        MigrationTest.fault();
    }

    @Override
    public String getConfirmationMessage() {
        return "survived";
    }

    @Override
    public void setUp() {}

    @Override
    public void setFileOpener(ResourceAccessor accessor) {}

    @Override
    public ValidationErrors validate(Database database) {
        return new ValidationErrors();
    }
}
