package io.github.lifebelt.migration;

import java.util.Iterator;
import java.util.List;
import liquibase.Contexts;
import liquibase.LabelExpression;
import liquibase.Liquibase;
import liquibase.changelog.ChangeSet;
import liquibase.changelog.RanChangeSet;
import liquibase.changelog.filter.ChangeSetFilter;
import liquibase.changelog.filter.ContextChangeSetFilter;
import liquibase.changelog.filter.DbmsChangeSetFilter;
import liquibase.changelog.filter.IgnoreChangeSetFilter;
import liquibase.changelog.filter.LabelChangeSetFilter;
import liquibase.database.Database;
import liquibase.exception.LiquibaseException;
import org.jspecify.annotations.Nullable;

/**
 * The change sets of a change log, read without asking the database anything: Liquibase's own status would refuse at the
 * first changed checksum, and keeps what it has read for ever.
 */
final class ChangeSets {
    private final List<ChangeSet> all;
    private final List<ChangeSetFilter> filters;

    ChangeSets(Migrations.ChangeLog changeLog, Liquibase liquibase, Database database) throws LiquibaseException {
        Contexts contexts = new Contexts(changeLog.contexts());
        LabelExpression labels = new LabelExpression(changeLog.labels());
        liquibase.getChangeLogParameters().setContexts(contexts);
        liquibase.getChangeLogParameters().setLabels(labels);
        all = liquibase.getDatabaseChangeLog().getChangeSets();
        filters = List.of(
                new ContextChangeSetFilter(contexts),
                new LabelChangeSetFilter(labels),
                new DbmsChangeSetFilter(database),
                new IgnoreChangeSetFilter());
    }

    List<ChangeSet> all() {
        return all;
    }

    /** Whether it is one for this database and these contexts and labels. */
    boolean applies(ChangeSet set) {
        return filters.stream().allMatch(filter -> filter.accepts(set).isAccepted());
    }

    /** The last time that it ran, or null; what is taken is out of the list. */
    static @Nullable RanChangeSet take(ChangeSet set, List<RanChangeSet> ran) {
        RanChangeSet last = null;
        for (Iterator<RanChangeSet> each = ran.iterator(); each.hasNext(); ) {
            RanChangeSet one = each.next();
            if (one.isSameAs(set)) {
                last = one;
                each.remove();
            }
        }
        return last;
    }
}
