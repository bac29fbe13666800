package io.github.lifebelt.migration;

import io.github.lifebelt.internal.pool.DirectConnections;
import io.github.lifebelt.url.DatabaseUrl;
import java.io.StringWriter;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import liquibase.Contexts;
import liquibase.LabelExpression;
import liquibase.Liquibase;
import liquibase.Scope;
import liquibase.UpdateSummaryOutputEnum;
import liquibase.changelog.ChangeSet;
import liquibase.changelog.FastCheckService;
import liquibase.changelog.RanChangeSet;
import liquibase.changelog.StandardChangeLogHistoryService;
import liquibase.database.Database;
import liquibase.database.DatabaseFactory;
import liquibase.database.jvm.JdbcConnection;
import liquibase.exception.LiquibaseException;
import liquibase.lockservice.LockServiceFactory;
import liquibase.resource.ClassLoaderResourceAccessor;
import liquibase.resource.CompositeResourceAccessor;
import liquibase.resource.DirectoryResourceAccessor;
import liquibase.resource.ResourceAccessor;
import org.jspecify.annotations.Nullable;

/** By Liquibase's free edition. */
final class LiquibaseMigrations extends ToolMigrations {

    // Each command of Liquibase forgets the locks of all others in this process when it ends.
    private static final ReentrantLock ONE_COMMAND = new ReentrantLock();

    private final ChangeLog changeLog;

    private LiquibaseMigrations(ChangeLog changeLog, @Nullable DatabaseUrl directUrl) {
        super(directUrl);
        this.changeLog = changeLog;
    }

    static Migrations of(ChangeLog changeLog) {
        // Asks for the class now, while it can be said what is missing.
        Class<?> tool = Liquibase.class;
        assert tool != null;
        return new LiquibaseMigrations(changeLog, null);
    }

    /** Does something with Liquibase on a connection. */
    @FunctionalInterface
    private interface Command<T> {
        T run(Liquibase liquibase, Database database) throws Exception;
    }

    @Override
    Migrations by(DatabaseUrl direct) {
        return new LiquibaseMigrations(changeLog, direct);
    }

    @Override
    Status status(DirectConnections server) throws Exception {
        return in(server, true, (liquibase, database) -> {
            List<RanChangeSet> ran = new ArrayList<>(ran(database));
            ChangeSets sets = new ChangeSets(changeLog, liquibase, database);
            List<String> unapplied = new ArrayList<>();
            List<String> changed = new ArrayList<>();
            List<String> failed = new ArrayList<>();
            for (ChangeSet set : sets.all()) {
                RanChangeSet before = ChangeSets.take(set, ran);
                if (!sets.applies(set)) {
                    continue;
                }
                if (before == null) {
                    unapplied.add(set.toString());
                } else if (before.getExecType() != null && !before.getExecType().ran) {
                    failed.add(set.toString());
                } else if (!set.isCheckSumValid(before.getLastCheckSum())) {
                    // What runs on each change is not wrong by having changed, but yet to be run.
                    (set.shouldRunOnChange() || set.shouldAlwaysRun() ? unapplied : changed).add(set.toString());
                }
            }
            List<String> missing = ran.stream().map(RanChangeSet::toString).toList();
            return new Status(unapplied, failed, changed, missing, LiquibaseLock.holder(database));
        });
    }

    private static List<RanChangeSet> ran(Database database) throws LiquibaseException {
        // One of our own: Liquibase keeps those that it hands out, with their connections, for ever.
        StandardChangeLogHistoryService service = new StandardChangeLogHistoryService();
        service.setDatabase(database);
        return service.getRanChangeSets();
    }

    @Override
    List<String> apply(DirectConnections server) throws Exception {
        return commanding(server, (liquibase, database) -> {
            List<RanChangeSet> before = ran(database);
            liquibase.update(contexts(), labels());
            int known = before.size();
            return ran(database).stream()
                    .skip(known)
                    .map(RanChangeSet::toString)
                    .toList();
        });
    }

    @Override
    List<Entry> history(DirectConnections server) throws Exception {
        return in(
                server,
                true,
                (liquibase, database) ->
                        ran(database).stream().map(LiquibaseMigrations::entry).toList());
    }

    private static Entry entry(RanChangeSet ran) {
        Date at = ran.getDateExecuted();
        return new Entry(
                ran.toString(),
                ran.getDescription() == null ? "" : ran.getDescription(),
                at == null ? null : at.toInstant(),
                ran.getDeploymentId() == null ? null : "deployment " + ran.getDeploymentId(),
                ran.getExecType() == null || ran.getExecType().ran);
    }

    @Override
    String preview(DirectConnections server) throws Exception {
        Status now = status(server);
        if (now.unapplied().isEmpty()) {
            return "";
        }
        ONE_COMMAND.lockInterruptibly();
        try {
            return in(server, false, (liquibase, database) -> {
                StringWriter sql = new StringWriter();
                liquibase.updateSql(contexts(), labels(), sql);
                return sql.toString();
            });
        } finally {
            ONE_COMMAND.unlock();
        }
    }

    @Override
    Optional<String> rollBackLast(DirectConnections server) throws Exception {
        return commanding(server, (liquibase, database) -> {
            List<RanChangeSet> ran = ran(database);
            if (ran.isEmpty()) {
                return Optional.empty();
            }
            liquibase.rollback(1, null, contexts(), labels());
            return Optional.of(ran.get(ran.size() - 1).toString());
        });
    }

    /** Runs what changes the database, under Liquibase's lock. */
    private <T> T commanding(DirectConnections server, Command<T> command) throws Exception {
        long until = System.nanoTime() + changeLog.lockWait().toNanos();
        if (!ONE_COMMAND.tryLock(changeLog.lockWait().toNanos(), TimeUnit.NANOSECONDS)) {
            throw locked("this process has been running other migrations for " + changeLog.lockWait(), null);
        }
        try {
            return in(server, false, (liquibase, database) -> {
                // It remembers by URL that nothing is left to do.
                Scope.getCurrentScope().getSingleton(FastCheckService.class).clearCache();
                try (LiquibaseLock lock = LiquibaseLock.acquire(
                        LockServiceFactory.getInstance().getLockService(database), database, until)) {
                    assert lock != null;
                    return command.run(liquibase, database);
                }
            });
        } finally {
            ONE_COMMAND.unlock();
        }
    }

    private Contexts contexts() {
        return new Contexts(changeLog.contexts());
    }

    private LabelExpression labels() {
        return new LabelExpression(changeLog.labels());
    }

    @SuppressWarnings("try") // what the resources' close() may throw is as good as any failure
    private <T> T in(DirectConnections server, boolean quiet, Command<T> command) throws Exception {
        return Scope.child(LiquibaseLog.scope(quiet), () -> {
            try (ResourceAccessor resources = resources();
                    Connection connection = server.getConnection()) {
                Database database =
                        DatabaseFactory.getInstance().findCorrectDatabaseImplementation(new JdbcConnection(connection));
                try (Liquibase liquibase = new Liquibase(changeLog.path(), resources, database)) {
                    liquibase.setShowSummaryOutput(UpdateSummaryOutputEnum.LOG);
                    for (Map.Entry<String, String> one : changeLog.parameters().entrySet()) {
                        liquibase.setChangeLogParameter(one.getKey(), one.getValue());
                    }
                    return command.run(liquibase, database);
                }
            }
        });
    }

    private ResourceAccessor resources() throws Exception {
        ClassLoader context = Thread.currentThread().getContextClassLoader();
        ClassLoader loader = context == null ? LiquibaseMigrations.class.getClassLoader() : context;
        ResourceAccessor classPath = new ClassLoaderResourceAccessor(loader);
        return changeLog.directory() == null
                ? classPath
                : new CompositeResourceAccessor(new DirectoryResourceAccessor(changeLog.directory()), classPath);
    }
}
