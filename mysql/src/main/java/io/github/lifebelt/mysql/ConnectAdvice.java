package io.github.lifebelt.mysql;

import io.github.lifebelt.spi.Dialect.Advice;
import io.github.lifebelt.spi.Dialect.ConnectProblem;
import io.github.lifebelt.spi.FailureClassifier.FailureChain;
import io.github.lifebelt.url.DatabaseUrl;
import java.sql.SQLException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a failure to connect means in particular, and what helps. By the server's own error numbers. */
final class ConnectAdvice {

    private final DatabaseUrl url;
    private final String user;
    private final String database;

    private ConnectAdvice(DatabaseUrl url, @Nullable String user) {
        this.url = url;
        this.user = user == null ? "" : user;
        this.database = url.database() == null ? "" : url.database();
    }

    static @Nullable Advice of(SQLException failure, DatabaseUrl url, @Nullable String user) {
        FailureChain chain = FailureChain.of(failure);
        ConnectAdvice advice = new ConnectAdvice(url, user);
        for (SQLException one : chain.sql()) {
            if (one.getErrorCode() > 0) {
                return advice.of(one.getErrorCode(), String.valueOf(one.getMessage()));
            }
        }
        return ConnectFailure.wantsProtectedLine(chain)
                ? new Advice(
                        "TLS_REQUIRED_FOR_LOGIN",
                        ConnectProblem.TLS,
                        "the server's way to log in (caching_sha2_password) sends the password over TLS only, and TLS is"
                                + " switched off; so whether the password is right is not known yet",
                        "write ssl-mode=VERIFY_IDENTITY (sslMode in JDBC URLs)")
                : null;
    }

    private @Nullable Advice of(int number, String words) {
        return switch (number) {
            case 1045, 1698 -> rejected(words);
            case 3118, 3955, 4150, 4151 ->
                new Advice(
                        "AUTH_ACCOUNT_LOCKED",
                        ConnectProblem.AUTHENTICATION,
                        "the account of user " + user + " is locked",
                        "run as an administrator: ALTER USER " + account() + " ACCOUNT UNLOCK");
            case 1820, 1862 ->
                new Advice(
                        "AUTH_PASSWORD_EXPIRED",
                        ConnectProblem.AUTHENTICATION,
                        "the password of user " + user + " has expired",
                        "run as an administrator: ALTER USER " + account() + " IDENTIFIED BY '…' PASSWORD EXPIRE"
                                + " NEVER");
            case 1130, 9000 ->
                new Advice(
                        "AUTH_ADDRESS_NOT_ALLOWED",
                        ConnectProblem.AUTHENTICATION,
                        "the server has no account that may log in from this address",
                        "run as an administrator: CREATE USER " + text(user) + "@'%' IDENTIFIED BY '…'");
            case 1129 ->
                new Advice(
                        "AUTH_HOST_BLOCKED",
                        ConnectProblem.AUTHENTICATION,
                        "the server has blocked this address after too many broken connections",
                        "run as an administrator: FLUSH HOSTS (MySQL 8: TRUNCATE TABLE performance_schema.host_cache)");
            case 1251, 1275, 1524 ->
                new Advice(
                        "AUTH_METHOD",
                        ConnectProblem.AUTHENTICATION,
                        "the account's way to log in is one that driver or server does not have",
                        "run as an administrator: ALTER USER " + account()
                                + " IDENTIFIED WITH caching_sha2_password BY '…'");
            case 1049 ->
                new Advice(
                        "DATABASE_NOT_FOUND",
                        ConnectProblem.DATABASE,
                        "the server has no database " + quoted(database),
                        "correct the name in the URL, or run: CREATE DATABASE " + quoted(database));
            case 1044 ->
                new Advice(
                        "DATABASE_NOT_ALLOWED",
                        ConnectProblem.DATABASE,
                        "the database " + quoted(database) + " is not there, or not for user " + user
                                + ": the server says the same of both",
                        "correct the name in the URL, or run as an administrator: CREATE DATABASE IF NOT EXISTS "
                                + quoted(database) + "; GRANT ALL ON " + quoted(database) + ".* TO " + account());
            case 1040 ->
                new Advice(
                        "SERVER_FULL",
                        ConnectProblem.AT_CAPACITY,
                        "the server has no connection left to give",
                        "lower the max-size of the pools that connect to it, or raise max_connections");
            case 1041, 1135 ->
                new Advice(
                        "SERVER_FULL",
                        ConnectProblem.AT_CAPACITY,
                        "the server has no memory or thread left for a connection",
                        "lower max_connections to what its machine can carry");
            case 1203, 1226 ->
                new Advice(
                        "SERVER_USER_LIMIT",
                        ConnectProblem.AT_CAPACITY,
                        "user " + user + " has all the connections that he may have",
                        words.contains("per_hour")
                                ? "run as an administrator: ALTER USER " + account()
                                        + " WITH MAX_CONNECTIONS_PER_HOUR 0"
                                : "lower the max-size of his pools, or raise max_user_connections of the server or account");
            case 1053, 1077, 1079, 1080, 1927 ->
                new Advice(
                        "SERVER_STOPPING",
                        ConnectProblem.STARTING,
                        "the server is shutting down",
                        "start it again, or wait for its fail-over: pool.awaitReady does");
            case 3032, 3168, 3169 ->
                new Advice(
                        "SERVER_STARTING",
                        ConnectProblem.STARTING,
                        "the server is offline or not available yet",
                        "wait until it is, or run as an administrator: SET GLOBAL offline_mode = OFF");
            default -> null;
        };
    }

    private Advice rejected(String words) {
        if (words.contains("using password: NO")) {
            return new Advice(
                    "AUTH_NO_PASSWORD",
                    ConnectProblem.AUTHENTICATION,
                    "the server wants a password from user " + user + " and got none",
                    "set the password in the URL, or in the variable beside it");
        }
        int at = user.lastIndexOf('@');
        if (at > 0 && url.hosts().stream().anyMatch(this::isServerOfUser)) {
            return new Advice(
                    "AUTH_USER_AT_SERVER",
                    ConnectProblem.AUTHENTICATION,
                    "the user " + user
                            + " has the form of Azure's single server, which a flexible server does not know",
                    "log in as " + user.substring(0, at));
        }
        return new Advice(
                "AUTH_REJECTED",
                ConnectProblem.AUTHENTICATION,
                "the server does not accept user " + user
                        + " with this password from this address; it says the same of a"
                        + " user that does not exist, or only for other addresses",
                "set the password that the server knows, or give the server this one: ALTER USER " + account()
                        + " IDENTIFIED BY '…'");
    }

    private boolean isServerOfUser(DatabaseUrl.Host host) {
        String server = user.substring(user.lastIndexOf('@') + 1).toLowerCase(Locale.ROOT);
        String name = host.name().toLowerCase(Locale.ROOT);
        return ManagedHosts.isAzure(name) || name.equals(server) || name.startsWith(server + ".");
    }

    /** An account is a name for some addresses; which, the server does not tell strangers. */
    private String account() {
        return text(user) + "@'%'";
    }

    private static String text(String value) {
        return "'" + value.replace("'", "''") + "'";
    }

    private static String quoted(String name) {
        return "`" + name.replace("`", "``") + "`";
    }
}
