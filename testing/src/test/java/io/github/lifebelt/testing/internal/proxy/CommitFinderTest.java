package io.github.lifebelt.testing.internal.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommitFinderTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "COMMIT",
                "commit",
                " \t\r\nCommit work ;",
                "commit/* now */and chain",
                "-- so\ncommit",
                "/* a ' b */ /**/ commit;;",
                ";;commit;",
                "COMMIT PREPARED 'x'"
            })
    void aCommitIsFoundInBothFamilies(String sql) {
        for (CommitFinder family : CommitFinder.values()) {
            assertThat(family.commits(sql)).as("%s %s", family, sql).hasToString("{0}");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ";",
                "--",
                "/*",
                "'",
                "commits",
                "commit_all()",
                "_commit",
                "rollback",
                "select 'commit'",
                "select 1 -- ;commit",
                "select '; commit' /* ; commit */",
                "select \"; commit\"",
                "select 'it''s; commit'",
                "select commit",
                "start transaction"
            })
    void whatOnlyLooksLikeACommitIsNone(String sql) {
        for (CommitFinder family : CommitFinder.values()) {
            assertThat(family.commits(sql)).as("%s %s", family, sql).hasToString("{}");
        }
    }

    @Test
    void theNumberOfTheStatementIsFound() {
        for (CommitFinder family : CommitFinder.values()) {
            assertThat(family.commits("insert into t values ('a;b'); ; -- nothing\n commit; select 1; commit"))
                    .hasToString("{1, 3}");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"end", "END TRANSACTION", "/* a /* nested */ ' */ commit", "--commit\ncommit", "--\tx\nend"})
    void postgresqlHasItsOwnWays(String sql) {
        assertThat(CommitFinder.POSTGRESQL.commits(sql)).hasToString("{0}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "do $$ begin commit; end $$",
                "select $a$ $$; commit; $a$",
                "select E'\\'; commit; '",
                "select e'it''s \\'; commit'",
                "create function f() returns int begin atomic select 1; end",
                "select '\\', x; /* ' ; commit */",
                "xa commit 'x'",
                "select $1, a$b from t"
            })
    void postgresqlsBodiesAndTextsAreNoStatements(String sql) {
        assertThat(CommitFinder.POSTGRESQL.commits(sql)).hasToString("{}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"xa commit 'x'", "# so\ncommit", "XA COMMIT 'x' ONE PHASE"})
    void mySqlHasItsOwnWays(String sql) {
        assertThat(CommitFinder.MYSQL.commits(sql)).hasToString("{0}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "end",
                "xa end 'x'",
                "select '\\'; commit'",
                "select \"\\\"; commit\"",
                "select `;commit`",
                "select 1 # ; commit",
                "create procedure p() begin insert into t values (1); commit; end",
                "create definer = 'a'@'b' trigger t after insert on u for each row begin commit; end",
                "begin not atomic commit; end"
            })
    void mySqlsBodiesAndTextsAreNoStatements(String sql) {
        assertThat(CommitFinder.MYSQL.commits(sql)).hasToString("{}");
    }

    @Test
    void twoDashesAreNoCommentInMySqlUnlessTheyStandAlone() {
        assertThat(CommitFinder.MYSQL.commits("select 5--1; commit")).hasToString("{1}");
        assertThat(CommitFinder.POSTGRESQL.commits("select 5--1; commit")).hasToString("{}");
        assertThat(CommitFinder.MYSQL.commits("select 5 -- 1; commit")).hasToString("{}");
    }

    @ParameterizedTest
    @EnumSource
    void everyTextComesToAnEnd(CommitFinder family) {
        String alphabet = "ab;'\"`$\\-/*# \n\u00e9(E1";
        Random random = new Random(7);
        for (int i = 0; i < 20_000; i++) {
            StringBuilder sql = new StringBuilder();
            for (int n = random.nextInt(40); n > 0; n--) {
                sql.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            assertThat(family.commits(sql.toString()).isEmpty()).isTrue();
        }
    }
}
