package io.github.lifebelt.postgres;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.PoolListener;
import io.github.lifebelt.PoolStats;
import io.github.lifebelt.security.CredentialsProvider;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/** An application on Azure without a password: run in a Java of its own, since identities are found in the environment. */
public final class EntraApplication {

    private EntraApplication() {}

    /**
     * Logs in again and again, until it has done so often enough, with enough tokens; for a minute at most.
     *
     * @param args the URL, without a password, how many logins, and how many tokens
     */
    public static void main(String[] args) throws InterruptedException {
        AtomicInteger refreshed = new AtomicInteger();
        AtomicInteger failed = new AtomicInteger();
        int borrows = 0;
        try (ConnectionPool pool = ConnectionPool.builder(args[0])
                .listener(new PoolListener() {
                    @Override
                    public void credentialsRefreshed(Duration validFor) {
                        refreshed.incrementAndGet();
                    }
                })
                .open()) {
            int logins = Integer.parseInt(args[1]);
            int tokens = Integer.parseInt(args[2]);
            long begin = System.nanoTime();
            while ((pool.stats().connects() < logins || refreshed.get() < tokens) && seconds(begin) < 60) {
                try (Connection connection = pool.getConnection();
                        Statement statement = connection.createStatement();
                        ResultSet row = statement.executeQuery("select current_user")) {
                    row.next();
                    borrows++;
                } catch (SQLException e) {
                    failed.incrementAndGet();
                    System.out.println("failed: " + e);
                }
                pool.recycle();
            }
            PoolStats stats = pool.stats();
            System.out.println("borrows=" + borrows + " failed=" + failed + " logins=" + stats.connects()
                    + " refreshed=" + refreshed + " expiry=" + (stats.credentialsExpireAt() != null) + " seconds="
                    + seconds(begin));
        }
        System.out.println(CredentialsProvider.azureEntra("app"));
        System.exit(0);
    }

    private static long seconds(long sinceNanos) {
        return Duration.ofNanos(System.nanoTime() - sinceNanos).toSeconds();
    }
}
