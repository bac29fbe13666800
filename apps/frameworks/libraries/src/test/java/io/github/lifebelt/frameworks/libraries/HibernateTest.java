package io.github.lifebelt.frameworks.libraries;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.frameworks.Application;
import io.github.lifebelt.frameworks.FaultContract;
import io.github.lifebelt.testing.DatabaseProduct;
import io.github.lifebelt.testing.TestDatabase;
import java.util.Set;
import org.hibernate.SessionFactory;
import org.hibernate.cfg.AvailableSettings;
import org.hibernate.cfg.Configuration;
import org.hibernate.dialect.MariaDBDialect;
import org.junit.jupiter.api.Test;

/** Hibernate alone, without Spring or another container. */
class HibernateTest extends FaultContract {
    HibernateTest() {
        super("Hibernate ORM", SessionFactory.class);
    }

    @Override
    protected Application start(TestDatabase database) {
        ConnectionPool pool = ConnectionPool.fromUrl(impatient(database));
        return new Hibernate(pool, on(pool));
    }

    private static Configuration configuration(ConnectionPool pool) {
        // snippet: pool
        Configuration configuration = new Configuration().addAnnotatedClass(Entry.class);
        configuration.getProperties().put(AvailableSettings.JAKARTA_NON_JTA_DATASOURCE, pool);
        // end: pool
        if (PRODUCT == DatabaseProduct.MARIADB) {
            // Connector/J asks it for a column that it does not have, so Hibernate learns nothing of the database.
            configuration.setProperty(AvailableSettings.DIALECT, MariaDBDialect.class.getName());
        }
        return configuration;
    }

    static SessionFactory on(ConnectionPool pool) {
        return configuration(pool).buildSessionFactory();
    }

    /** Hibernate then does not switch autocommit off: with it on each statement is stored by itself. */
    @Test
    void whoSaysThatThePoolDisablesAutocommitHasToSeeToIt() throws Exception {
        assertEquals(Set.of("with autocommit"), storedAlthoughTheApplicationThrew("with autocommit", true));
        assertEquals(Set.of("with autocommit"), storedAlthoughTheApplicationThrew("without", false));
    }

    private Set<String> storedAlthoughTheApplicationThrew(String text, boolean autocommit) throws Exception {
        ConnectionPool pool = pool(DATABASE.database()).autoCommit(autocommit).open();
        try (Hibernate hibernate = new Hibernate(pool, onDisabledAutocommit(pool))) {
            assertThrows(
                    IllegalStateException.class,
                    () -> hibernate.store(text, () -> {
                        throw new IllegalStateException("roll back");
                    }));
        }
        return stored();
    }

    private static SessionFactory onDisabledAutocommit(ConnectionPool pool) {
        Configuration configuration = configuration(pool);
        configuration.setProperty(AvailableSettings.CONNECTION_PROVIDER_DISABLES_AUTOCOMMIT, "true");
        return configuration.buildSessionFactory();
    }

    record Hibernate(ConnectionPool pool, SessionFactory sessions) implements Application {
        @Override
        public void store(String text, Runnable then) {
            sessions.inTransaction(session -> {
                session.persist(new Entry(text));
                session.flush();
                then.run();
            });
        }

        @Override
        public long count() {
            return sessions.fromTransaction(session -> session.createQuery("select count(*) from entry", Long.class)
                    .getSingleResult());
        }

        /** The factory leaves a data source alone that it was given. */
        @Override
        public void close() {
            sessions.close();
            pool.close();
        }
    }
}
