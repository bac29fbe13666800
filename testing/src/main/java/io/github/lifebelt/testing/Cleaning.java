package io.github.lifebelt.testing;

/** How a database is brought back to what it was before a test. */
public enum Cleaning {
    /** {@link #TEMPLATE} for PostgreSQL; {@link #TRUNCATE} for MySQL and MariaDB, which have no templates. */
    AUTOMATIC,

    /**
     * The database is dropped and made anew from a template of itself, so that nothing of a test is left in it: no row,
     * no table, no function. Its sessions are ended, those of a pool that outlives the test too. PostgreSQL only.
     */
    TEMPLATE,

    /**
     * Tables are emptied, and get the rows back that they had; counters start where they started. Sessions go on, so this
     * is for a pool that outlives the test, as that of a Spring context does. On PostgreSQL, what a test did to the schema
     * stays; on MySQL and MariaDB tables that it made, changed or dropped are put right too, as are views, triggers and
     * routines, and a session that is still within a transaction after a second is ended.
     */
    TRUNCATE,

    /** Nothing is done: each test finds what the ones before left. */
    NONE
}
