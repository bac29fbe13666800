package io.github.lifebelt.apps.benchmarks.bench;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.apps.benchmarks.pools.Endpoint;
import io.github.lifebelt.apps.benchmarks.pools.OpenPool;
import io.github.lifebelt.apps.benchmarks.pools.Peer;
import io.github.lifebelt.apps.benchmarks.pools.Wire;
import io.github.lifebelt.apps.benchmarks.report.Numbers;
import io.github.lifebelt.apps.benchmarks.report.Row;
import io.github.lifebelt.apps.benchmarks.report.Spread;
import io.github.lifebelt.apps.benchmarks.report.Table;
import io.github.lifebelt.tx.UnitOfWork;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;

/** A unit of work against the same written by hand: one insert, committed. */
final class UnitScenario {

    private static final String BY_HAND = "hikari";

    private UnitScenario() {}

    static void run(Bench bench) throws Exception {
        Table table = new Table(
                "unit: one insert in a unit of work, against the same by hand on HikariCP's default (thousand a second)",
                "wire and threads",
                "by",
                "median [range]",
                "lifebelt is x times",
                "95 % above");
        for (boolean tls : bench.wires()) {
            compare(bench, Wire.loopback(tls), table);
        }
        bench.report().show(table);
    }

    private static void compare(Bench bench, Wire wire, Table table) throws Exception {
        Endpoint endpoint = bench.servers().endpoint(wire);
        execute(endpoint, "CREATE UNLOGGED TABLE IF NOT EXISTS benchmark_units (worth bigint NOT NULL)");
        try (OpenPool lifebelt =
                        Peer.LIFEBELT.open(endpoint, OpenPool.USUAL_SIZE).filled(OpenPool.USUAL_SIZE);
                OpenPool hikari =
                        Peer.HIKARI.open(endpoint, OpenPool.USUAL_SIZE).filled(OpenPool.USUAL_SIZE)) {
            UnitOfWork unit = UnitOfWork.on(lifebelt.dataSource().unwrap(ConnectionPool.class));
            List<PairedRounds.Contender> contenders = List.of(
                    new PairedRounds.Contender(Peer.LIFEBELT.label(), () -> inUnit(unit)),
                    new PairedRounds.Contender(BY_HAND, () -> byHand(hikari.dataSource())));
            for (int threads : Bench.THREADS) {
                bench.report().progress("unit, " + Bench.describe(wire, threads));
                execute(endpoint, "TRUNCATE benchmark_units");
                try (PairedRounds paired = new PairedRounds(threads, bench.effort())) {
                    report(bench, wire, threads, paired.run(contenders), table);
                }
            }
        }
    }

    private static void report(Bench bench, Wire wire, int threads, Map<String, double[]> speeds, Table table) {
        double[] ours = speeds.get(Peer.LIFEBELT.label());
        double[] theirs = speeds.get(BY_HAND);
        Spread ratio = Spread.ofRatios(ours, theirs);
        String where = Bench.describe(wire, threads);
        table.add(where, "UnitOfWork", Spread.of(ours).dividedBy(1_000).toString(), "", "");
        table.add(
                where,
                "by hand",
                Spread.of(theirs).dividedBy(1_000).toString(),
                ratio.toString(),
                Numbers.shortly(ratio.low()));
        bench.report().row(row(wire, threads, Peer.LIFEBELT.label(), Spread.of(ours)));
        bench.report()
                .row(row(wire, threads, BY_HAND, Spread.of(theirs))
                        .with("lifebeltTimes", ratio.median())
                        .with("lifebeltTimesLow", ratio.low()));
    }

    private static Row row(Wire wire, int threads, String pool, Spread speed) {
        return new Row("unit", pool)
                .with("tls", wire.tls())
                .with("threads", threads)
                .with("unitsPerSecond", speed.median())
                .with("unitsPerSecondMin", speed.min())
                .with("unitsPerSecondMax", speed.max());
    }

    private static int inUnit(UnitOfWork unit) {
        return unit.<Integer, RuntimeException>call(tx -> insert(tx.connection()));
    }

    private static int byHand(DataSource pool) throws SQLException {
        try (Connection connection = pool.getConnection()) {
            connection.setAutoCommit(false);
            try {
                int inserted = insert(connection);
                connection.commit();
                return inserted;
            } catch (SQLException e) {
                connection.rollback();
                throw e;
            }
        }
    }

    private static int insert(Connection connection) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("INSERT INTO benchmark_units (worth) VALUES (?)")) {
            statement.setLong(1, 1);
            return statement.executeUpdate();
        }
    }

    private static void execute(Endpoint endpoint, String sql) throws SQLException {
        try (Connection connection = endpoint.connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
