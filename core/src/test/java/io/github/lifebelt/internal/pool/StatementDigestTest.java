package io.github.lifebelt.internal.pool;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StatementDigestTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "select * from t where id = 42 and name = 'O''Brien' | select * from t where id = ? and name = ?",
                "select 1.5e3, t1.c2 from t1 | select ?, t1.c2 from t1",
                "insert into t values (1, 'a', 2) | insert into t values (?, ...)",
                "select * from t where id in (?,?, ?) | select * from t where id in (?, ...)",
                "alter user app identified by \"s3cret\" | alter user app identified by ?",
                "alter role app password 's3cret | alter role app password ?",
                "select 'a\\' s3cret' , b | select ? , b",
                "select /* s3cret '*/ a -- s3cret | select a",
                "select '/*', s, '*/' | select ?, s, ?",
                "do $body$ s3cret $ $x$ $body$ end | do ? end",
                "select $1 | select $1",
                "update t    set a = 'x' | update t set a = ?",
            })
    void showsTheStatementAndNoValue(String statement, String digest) {
        assertThat(StatementDigest.of(statement)).isEqualTo(digest).doesNotContain("s3cret");
    }

    @Test
    void aLongOneIsCut() {
        assertThat(StatementDigest.of("select " + "column_name, ".repeat(100_000) + "'s3cret'"))
                .hasSize(203)
                .endsWith("...");
        assertThat(StatementDigest.of("select '" + "s3cret".repeat(100_000))).isEqualTo("select ?");
    }

    @Test
    void nothingIsNothing() {
        assertThat(StatementDigest.of(null)).isNull();
    }
}
