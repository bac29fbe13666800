package io.github.lifebelt.frameworks.libraries;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.frameworks.Application;
import io.github.lifebelt.frameworks.FaultContract;
import io.github.lifebelt.testing.TestDatabase;
import org.hibernate.SessionFactory;
import org.hibernate.cfg.AvailableSettings;
import org.hibernate.cfg.Configuration;

/** Hibernate alone, without Spring or another container. */
class HibernateTest extends FaultContract {
    HibernateTest() {
        super("Hibernate ORM", SessionFactory.class);
    }

    @Override
    protected Application start(TestDatabase database) {
        ConnectionPool pool = pool(database).open();
        return new Hibernate(pool, on(pool));
    }

    static SessionFactory on(ConnectionPool pool) {
        Configuration configuration = new Configuration().addAnnotatedClass(Entry.class);
        configuration.getProperties().put(AvailableSettings.JAKARTA_NON_JTA_DATASOURCE, pool);
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
