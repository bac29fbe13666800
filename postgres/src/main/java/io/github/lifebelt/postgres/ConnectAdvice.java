package io.github.lifebelt.postgres;

import io.github.lifebelt.spi.Dialect.Advice;
import io.github.lifebelt.spi.Dialect.ConnectProblem;
import io.github.lifebelt.spi.FailureClassifier.FailureChain;
import io.github.lifebelt.url.DatabaseUrl;
import java.sql.SQLException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a failure to connect means in particular, and what helps. By the SQLState where it tells; PgBouncer and Microsoft
 * Entra say all in words.
 */
final class ConnectAdvice {

    private final DatabaseUrl url;
    private final String user;
    private final String database;

    private ConnectAdvice(DatabaseUrl url, @Nullable String user) {
        this.url = url;
        this.user = user == null ? "of the operating system" : user;
        // Without one the server takes the user's name.
        this.database = url.database() == null ? this.user : url.database();
    }

    static @Nullable Advice of(SQLException failure, DatabaseUrl url, @Nullable String user) {
        ConnectAdvice advice = new ConnectAdvice(url, user);
        FailureChain chain = FailureChain.of(failure);
        if (chain.isAboutTls()) {
            return null;
        }
        for (SQLException one : chain.sql()) {
            String words = String.valueOf(one.getMessage());
            Advice found = advice.of(String.valueOf(one.getSQLState()), words, words.toLowerCase(Locale.ROOT));
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    private @Nullable Advice of(String state, String words, String lower) {
        Advice entra = ofEntra(lower);
        if (entra != null) {
            return entra;
        }
        return switch (state) {
            case "28P01" -> rejected();
            case "28000" -> ofTheServersRefusal(lower);
            case "08004" -> ofTheDriversRefusal(lower);
            case "08P01" -> ofTheBouncer(words, lower);
            case "3D000" -> missing();
            case "42501" -> notAllowed();
            case "55000", "57P04" ->
                new Advice(
                        "DATABASE_CLOSED",
                        ConnectProblem.DATABASE,
                        "the database " + quoted(database) + " takes no connections",
                        "run as its owner: ALTER DATABASE " + quoted(database) + " ALLOW_CONNECTIONS true");
            case "57P03" -> ofTheServersState(lower);
            case "57P01", "57P02" -> stopping();
            case "53300" -> full(lower);
            case "42601" ->
                lower.contains("endpoint=") || lower.contains("project=")
                        ? new Advice(
                                "ENDPOINT_OPTION",
                                ConnectProblem.OTHER,
                                "options=endpoint=… is Neon's, and this is no server of Neon's",
                                "leave it out of the URL")
                        : options("the server does not understand the URL's options");
            case "42704" ->
                new Advice(
                        "SERVER_SETTING_UNKNOWN",
                        ConnectProblem.OTHER,
                        "the URL sets something that this server does not have",
                        "take it out of the URL's options or parameters, or correct its name");
            case "22023", "42602", "22P02" -> options("the server does not take a value that the URL sets");
            case "08001" ->
                lower.contains("is what is wanted") || lower.contains("targetservertype")
                        ? new Advice(
                                "SERVER_ROLE",
                                ConnectProblem.OTHER,
                                "hosts of the list answer, and none has the role that is asked for",
                                "correct target_session_attrs (targetServerType), or add the host that has that role")
                        : null;
            default -> null;
        };
    }

    private static Advice options(String what) {
        return new Advice(
                "SERVER_OPTIONS_REFUSED",
                ConnectProblem.OTHER,
                what,
                "correct options (or the parameter that the message names) in the URL, or leave it out");
    }

    // ------------------------------------------------------------------------------------------------ the login

    private static @Nullable Advice ofEntra(String lower) {
        if (lower.contains("access token has expired")) {
            return new Advice(
                    "AUTH_TOKEN_EXPIRED",
                    ConnectProblem.AUTHENTICATION,
                    "the Entra token that stands in the place of the password has expired",
                    "let Lifebelt fetch tokens: lifebelt.credentials=azure-entra, without a password in the URL");
        }
        if (lower.contains("valid audience claim")) {
            return new Advice(
                    "AUTH_TOKEN_AUDIENCE",
                    ConnectProblem.AUTHENTICATION,
                    "the Entra token is for another service",
                    "fetch it for https://ossrdbms-aad.database.windows.net: lifebelt.credentials=azure-entra does");
        }
        if (lower.contains("validating the access token")) {
            return new Advice(
                    "AUTH_TOKEN_REJECTED",
                    ConnectProblem.AUTHENTICATION,
                    "the server wanted an Entra token for this user, and what it got is none that it can verify: a plain"
                            + " password, or a token that was cut",
                    "log in as this user with lifebelt.credentials=azure-entra, or as a user of the database's own");
        }
        return null;
    }

    private Advice rejected() {
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
                        + " with this password; it says the same of a user that does not"
                        + " exist, and of a password that has expired",
                "set the password that the server knows, or give the server this one: ALTER ROLE " + quoted(user)
                        + " PASSWORD '…'");
    }

    private boolean isServerOfUser(DatabaseUrl.Host host) {
        String server = user.substring(user.lastIndexOf('@') + 1).toLowerCase(Locale.ROOT);
        String name = host.name().toLowerCase(Locale.ROOT);
        return ManagedHosts.isAzure(name) || name.equals(server) || name.startsWith(server + ".");
    }

    private @Nullable Advice ofTheServersRefusal(String lower) {
        if (ConnectProblems.of("28000", lower) == ConnectProblem.TLS) {
            return null;
        }
        if (lower.contains("pg_hba.conf")) {
            boolean azure = url.hosts().stream().anyMatch(host -> ManagedHosts.isAzure(host.name()));
            return new Advice(
                    "AUTH_ADDRESS_NOT_ALLOWED",
                    ConnectProblem.AUTHENTICATION,
                    "the server lets nobody in from this address as " + user + " to " + database,
                    azure
                            ? "add a firewall rule for this address to the server (Azure portal: Networking)"
                            : "add a line for this address to pg_hba.conf: hostssl " + database + " " + user
                                    + " <address>/32 scram-sha-256, and reload");
        }
        if (lower.contains("not permitted to log in")) {
            return new Advice(
                    "AUTH_LOGIN_NOT_ALLOWED",
                    ConnectProblem.AUTHENTICATION,
                    "the role " + user + " may not log in",
                    "run as an administrator: ALTER ROLE " + quoted(user) + " LOGIN");
        }
        return rejected();
    }

    private @Nullable Advice ofTheDriversRefusal(String lower) {
        if (ConnectProblems.of("08004", lower) == ConnectProblem.TLS || lower.contains("ssl")) {
            return null;
        }
        if (lower.contains("requireauth") || lower.contains("not supported")) {
            return new Advice(
                    "AUTH_METHOD",
                    ConnectProblem.AUTHENTICATION,
                    "server and driver have no way to log in that both take",
                    "leave requireAuth out of the URL, or let pg_hba.conf ask for scram-sha-256");
        }
        return new Advice(
                "AUTH_NO_PASSWORD",
                ConnectProblem.AUTHENTICATION,
                "the server wants a password from user " + user + " and got none",
                "set the password in the URL, or in the variable beside it");
    }

    // ------------------------------------------------------------------------------------------------ the server

    private Advice missing() {
        return new Advice(
                "DATABASE_NOT_FOUND",
                ConnectProblem.DATABASE,
                "the server has no database " + quoted(database),
                "correct the name at the end of the URL, or run: CREATE DATABASE " + quoted(database));
    }

    private Advice notAllowed() {
        return new Advice(
                "DATABASE_NOT_ALLOWED",
                ConnectProblem.DATABASE,
                "user " + user + " may not connect to the database " + quoted(database),
                "run as its owner: GRANT CONNECT ON DATABASE " + quoted(database) + " TO " + quoted(user));
    }

    private static Advice ofTheServersState(String lower) {
        if (lower.contains("not accepting connections") || lower.contains("hot standby mode is disabled")) {
            return new Advice(
                    "SERVER_TAKES_NO_CLIENTS",
                    ConnectProblem.OTHER,
                    "the server is a standby that lets nobody read",
                    "connect to the primary, or set hot_standby=on there");
        }
        return lower.contains("shutting down") ? stopping() : starting();
    }

    private static Advice starting() {
        return new Advice(
                "SERVER_STARTING",
                ConnectProblem.STARTING,
                "the server is starting up",
                "wait until it has: pool.awaitReady does");
    }

    private static Advice stopping() {
        return new Advice(
                "SERVER_STOPPING",
                ConnectProblem.STARTING,
                "the server is shutting down",
                "start it again, or wait for its fail-over: pool.awaitReady does");
    }

    private Advice full(String lower) {
        if (lower.contains("for role \"") || lower.contains("for database \"")) {
            boolean role = lower.contains("for role \"");
            return new Advice(
                    "SERVER_USER_LIMIT",
                    ConnectProblem.AT_CAPACITY,
                    "the " + (role ? "role " + user : "database " + database)
                            + " has all the connections that it may have",
                    "run as an administrator: ALTER " + (role ? "ROLE " + quoted(user) : "DATABASE " + quoted(database))
                            + " CONNECTION LIMIT -1, or lower the max-size of its pools");
        }
        return new Advice(
                "SERVER_FULL",
                ConnectProblem.AT_CAPACITY,
                "the server has no connection left to give",
                "lower the max-size of the pools that connect to it, or raise max_connections");
    }

    private @Nullable Advice ofTheBouncer(String words, String lower) {
        if (lower.contains("unsupported startup parameter")) {
            int colon = words.lastIndexOf(": ");
            String name = colon < 0 ? "" : words.substring(colon + 2).strip();
            return new Advice(
                    "STARTUP_PARAMETER_REFUSED",
                    ConnectProblem.OTHER,
                    "PgBouncer stands in between and does not pass on the start parameter " + name,
                    "take " + name
                            + " out of the URL and set it by lifebelt.init-sql or ALTER ROLE … SET, or let PgBouncer"
                            + " ignore it: ignore_startup_parameters = " + name.replaceFirst(" .*", ""));
        }
        ConnectProblem problem = ConnectProblems.of("08P01", words);
        return switch (problem) {
            case AUTHENTICATION -> rejected();
            case DATABASE -> missing();
            case STARTING -> lower.contains("starting") ? starting() : stopping();
            case AT_CAPACITY -> full(lower);
            case TIMED_OUT, UNREACHABLE ->
                new Advice(
                        "POOLER_WITHOUT_SERVER",
                        ConnectProblem.STARTING,
                        "PgBouncer answers, and has no connection to its server to give: that is down, or all are in use",
                        "start the server behind PgBouncer, or raise default_pool_size");
            default -> null;
        };
    }

    private static String quoted(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }
}
