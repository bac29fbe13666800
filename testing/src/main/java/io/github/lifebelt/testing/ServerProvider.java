package io.github.lifebelt.testing;

/**
 * Where a test's server comes from. Whichever is asked for by name is used or is an error; nothing is skipped.
 *
 * <p>What can be done to a server depends on it: see the table in the module's README.
 */
public enum ServerProvider {
    /**
     * The first of {@link #NAMED}, {@link #TESTCONTAINERS} and {@link #EMBEDDED} that can be had here: a server that is
     * named is meant to be used, and where Docker runs it is what most people expect. One log line says which it became
     * and why. The system property {@code lifebelt.testing.provider} or the environment variable
     * {@code LIFEBELT_TEST_PROVIDER} ({@code embedded}, {@code testcontainers} or {@code named}) decides instead, for a
     * whole build.
     */
    AUTOMATIC,

    /**
     * A server that runs already, named by {@code LIFEBELT_TEST_POSTGRES_URL}, {@code LIFEBELT_TEST_MYSQL_URL} or
     * {@code LIFEBELT_TEST_MARIADB_URL}, or the system property {@code lifebelt.testing.url.postgresql}, {@code .mysql}
     * or {@code .mariadb}, in the form {@code postgresql://user:password@host/database} or as a JDBC URL. Its user must
     * be allowed to create databases: each fixture makes one of its own and drops it at the end. Nothing can be done to
     * the server's process, nor to what others would notice; settings, a certificate, or another version or user than
     * there is are refused.
     */
    NAMED,

    /**
     * A container made by Testcontainers 2.x; Docker must answer, publish ports on this machine's loopback address, and
     * have the image or be able to pull it. That is {@code postgres:18}, {@code mysql:8.4} or {@code mariadb:11.4},
     * unless the system property {@code lifebelt.testing.image.postgresql}, {@code .mysql} or {@code .mariadb}, or the
     * environment variable {@code LIFEBELT_TEST_POSTGRES_IMAGE}, {@code LIFEBELT_TEST_MYSQL_IMAGE} or
     * {@code LIFEBELT_TEST_MARIADB_IMAGE} names another that is made after it.
     */
    TESTCONTAINERS,

    /** A child process of this JVM, its programs taken from the class path; no Docker, no root, nothing installed. */
    EMBEDDED
}
