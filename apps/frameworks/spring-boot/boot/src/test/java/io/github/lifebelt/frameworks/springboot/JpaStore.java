package io.github.lifebelt.frameworks.springboot;

import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import org.springframework.transaction.annotation.Transactional;

/** By Hibernate. */
public class JpaStore implements Running.Store {
    @PersistenceContext
    private EntityManager entities;

    @Override
    @Transactional
    public void store(String text, Runnable then) {
        entities.persist(new Entry(text));
        entities.flush();
        then.run();
    }

    @Override
    @Transactional(readOnly = true)
    public long count() {
        return entities.createQuery("select count(e) from Entry e", Long.class).getSingleResult();
    }
}
