package io.github.lifebelt.frameworks.springboot;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.annotation.Transactional;

/** By JdbcTemplate. */
public class JdbcStore implements Running.Store {
    private final JdbcTemplate jdbc;

    JdbcStore(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    @Override
    @Transactional
    public void store(String text, Runnable then) {
        jdbc.update("insert into entry (text) values (?)", text);
        then.run();
    }

    @Override
    public long count() {
        return jdbc.queryForObject("select count(*) from entry", Long.class);
    }
}
