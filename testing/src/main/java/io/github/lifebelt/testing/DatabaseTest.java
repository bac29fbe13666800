package io.github.lifebelt.testing;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * Gives a JUnit Jupiter test class a real database server with faults on command.
 *
 * <pre>{@code
 * @DatabaseTest(DatabaseProduct.POSTGRESQL)
 * class OrdersTest {
 *     @Test
 *     void survivesAFailover(ConnectionPool pool, Faults faults) throws SQLException {
 *         faults.killSessions();
 *         try (Connection connection = pool.getConnection()) {
 *             assertTrue(connection.isValid(1));
 *         }
 *     }
 * }
 * }</pre>
 *
 * <p>Parameters of tests and lifecycle methods may be:
 *
 * <ul>
 *   <li>{@link TestDatabase}: the server and its database
 *   <li>{@link Faults}: what can be done to it
 *   <li>{@link io.github.lifebelt.ConnectionPool}: a new pool of Lifebelt's with default settings, which needs the
 *       dialect ({@code lifebelt-postgres}) on the class path
 *   <li>{@link javax.sql.DataSource}: the JDBC driver's own, without any pool
 *   <li>{@link io.github.lifebelt.url.DatabaseUrl}: where, as whom and how protected
 *   <li>{@link FaultProxy} or {@link ProtocolProxy}: a network in front of the server. Pool, data source and URL of the
 *       same test go through it
 * </ul>
 *
 * <p>What a test method or a {@code BeforeEach} method is given lives until the end of that test: it is closed, and all
 * faults are undone, whatever the test's outcome. What a constructor or a {@code BeforeAll} method is given lives as long
 * as the class's tests.
 *
 * <p><b>Servers are shared.</b> A class takes a server for all of its tests and leaves it to the next class that wants one
 * like it, so a run starts as many as there are classes at work at the same time, of each kind. They end with the run.
 *
 * <p><b>Each test has a clean database</b>: as the {@code BeforeAll} methods left it, see {@link #clean()}. What belongs to
 * the whole server (roles, settings made in SQL) is not undone.
 *
 * <p><b>Parallel execution</b> is safe: classes that run at the same time have servers of their own, and tests of one class
 * run one after another.
 *
 * <p>Works with JUnit 5.13 and newer, and with 6. A nested class takes part in its outer class's server. For what this
 * annotation cannot say, register a {@link DatabaseExtension}.
 */
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.ANNOTATION_TYPE})
@ExtendWith(DatabaseExtension.class)
@ResourceLock(providers = OneTestAtATime.class)
public @interface DatabaseTest {
    /**
     * The database system.
     *
     * @return the product
     */
    DatabaseProduct value();

    /**
     * Which version it has to be.
     *
     * @return the beginning of a version; by default whichever there is, see {@link TestDatabaseBuilder#version}
     */
    String version() default "";

    /**
     * Whether the server demands TLS.
     *
     * @return true by default, as in the clouds
     */
    boolean tls() default true;

    /**
     * Where the server comes from.
     *
     * @return by default the first provider that has one
     */
    ServerProvider provider() default ServerProvider.AUTOMATIC;

    /**
     * How the database is cleaned before each test but the first.
     *
     * @return by default as well as the server can
     */
    Cleaning clean() default Cleaning.AUTOMATIC;

    /**
     * How many sessions the server takes, see {@link TestDatabaseBuilder#maxConnections}.
     *
     * @return 0, the default, for the server's own default
     */
    int maxConnections() default 0;

    /**
     * Parameters of the server's configuration, see {@link TestDatabaseBuilder#setting}.
     *
     * @return each as {@code name=value}
     */
    String[] settings() default {};
}
