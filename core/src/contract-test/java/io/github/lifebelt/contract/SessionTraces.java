package io.github.lifebelt.contract;

import static io.github.lifebelt.contract.Sql.execute;
import static io.github.lifebelt.contract.Sql.query;

import io.github.lifebelt.testing.DatabaseProduct;
import io.github.lifebelt.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What borrowers do to their sessions by SQL. */
final class SessionTraces {

    private static final boolean POSTGRES = Servers.PRODUCT == DatabaseProduct.POSTGRESQL;

    private SessionTraces() {}

    /** Something that outlives a transaction, and a question whose answer it changes. */
    record Trace(String question, String... statements) {}

    static List<Trace> of(TestDatabase server) {
        return POSTGRES
                ? List.of(
                        new Trace("show search_path", "set search_path to pg_catalog"),
                        new Trace("show statement_timeout", "set statement_timeout = '7s'"),
                        new Trace("show timezone", "set time zone 'Asia/Tokyo'"),
                        new Trace(
                                "select coalesce(current_setting('lifebelt.other', true), '')",
                                "set lifebelt.other = 'x'"),
                        new Trace("show role", "set role \"" + server.user() + "\""),
                        new Trace("select count(*) from leftover", "create temporary table leftover (n int)"),
                        new Trace(
                                "select count(*) from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()",
                                "select pg_advisory_lock(77)"),
                        new Trace("select count(*) from pg_listening_channels()", "listen news"),
                        new Trace("execute prepared_leftover", "prepare prepared_leftover as select 1"),
                        new Trace(
                                "select count(*) from pg_cursors where is_holdable",
                                "begin",
                                "declare c cursor with hold for select 1",
                                "commit"))
                : List.of(
                        new Trace("select @@session.sql_mode", "set session sql_mode = 'ANSI'"),
                        new Trace("select @@session.time_zone", "set session time_zone = '+09:00'"),
                        new Trace("select @@session.wait_timeout", "set session wait_timeout = 77"),
                        new Trace("select @@session.autocommit", "set autocommit = 0"),
                        new Trace("select @leftover", "set @leftover = 1"),
                        new Trace("select count(*) from leftover", "create temporary table leftover (n int)"),
                        new Trace("select is_used_lock('leftover')", "select get_lock('leftover', 0)"),
                        new Trace("execute prepared_leftover", "prepare prepared_leftover from 'select 1'"),
                        new Trace("select database()", "use information_schema"));
    }

    static void leave(Connection connection, List<Trace> traces) throws SQLException {
        for (Trace trace : traces) {
            for (String statement : trace.statements()) {
                execute(connection, statement);
            }
        }
    }

    /** What the server says to each of the questions, also if that is no. */
    static Map<String, String> answers(Connection connection, List<Trace> traces) {
        Map<String, String> answers = new LinkedHashMap<>();
        for (Trace trace : traces) {
            try {
                answers.put(trace.question(), String.valueOf(query(connection, trace.question())));
            } catch (SQLException e) {
                answers.put(trace.question(), "SQLState " + e.getSQLState());
            }
        }
        return answers;
    }
}
