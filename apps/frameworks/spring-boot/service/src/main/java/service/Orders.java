package service;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Orders in a table. */
@Service
public class Orders {
    private final JdbcTemplate jdbc;

    Orders(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    @Transactional
    public void place(String text, boolean inStock) {
        jdbc.update("insert into entry (text) values (?)", text);
        if (!inStock) {
            throw new IllegalStateException("out of stock");
        }
    }

    public long count() {
        return jdbc.queryForObject("select count(*) from entry", Long.class);
    }

    public String session() {
        return jdbc.queryForObject("select current_setting('application_name')", String.class);
    }
}
