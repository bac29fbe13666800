package io.github.lifebelt.internal.doctor;

import io.github.lifebelt.internal.pool.BorrowErrors;
import io.github.lifebelt.internal.tls.TlsSource;
import io.github.lifebelt.internal.tls.TlsTrouble;
import io.github.lifebelt.security.CredentialsProvider.Credentials;
import io.github.lifebelt.spi.Dialect;
import io.github.lifebelt.spi.Dialect.Advice;
import io.github.lifebelt.spi.Dialect.ConnectProblem;
import io.github.lifebelt.url.DatabaseUrl;
import java.net.InetSocketAddress;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Why a login came to nothing: which layer, whatever SQLState hides it. */
final class LoginFailure {

    private static final Duration LONGEST_QUESTION = Duration.ofSeconds(2);
    private static final int MYSQL_ACCESS_DENIED = 1045;

    private final Dialect dialect;
    private final DatabaseUrl url;
    private final Credentials credentials;
    private final TlsSource tls;
    private final List<InetSocketAddress> open;
    private final Course course;
    private final Findings findings;

    LoginFailure(
            Dialect dialect,
            DatabaseUrl url,
            Credentials credentials,
            TlsSource tls,
            List<InetSocketAddress> open,
            Course course,
            Findings findings) {
        this.dialect = dialect;
        this.url = url;
        this.credentials = credentials;
        this.tls = tls;
        this.open = open;
        this.course = course;
        this.findings = findings;
    }

    /**
     * Tells what it was.
     *
     * @param failure without the secret
     * @param worksWithTls tries the same over TLS, for servers that call plain text a wrong password
     */
    void tell(SQLException failure, BooleanSupplier worksWithTls) {
        Advice advice = dialect.advice(failure, url, credentials.user());
        ConnectProblem problem = advice == null ? dialect.connectProblem(failure) : advice.problem();
        switch (problem) {
            case TLS -> tls(failure, advice);
            case AUTHENTICATION -> authentication(failure, advice, worksWithTls);
            case UNREACHABLE, TIMED_OUT -> {
                if (advice == null) {
                    line(failure, problem);
                } else {
                    advised(advice, failure);
                }
            }
            case OTHER -> {
                if (advice == null) {
                    other(failure);
                } else {
                    advisedOr(advice, Code.LOGIN_FAILED, failure);
                }
            }
            case UNKNOWN_HOST -> advisedOr(advice, Code.UNKNOWN_HOST, failure);
            case CREDENTIALS -> advisedOr(advice, Code.CREDENTIALS_UNAVAILABLE, failure);
            case DATABASE -> advisedOr(advice, Code.DATABASE_NOT_ALLOWED, failure);
            case STARTING -> advisedOr(advice, Code.SERVER_STARTING, failure);
            case AT_CAPACITY -> advisedOr(advice, Code.SERVER_FULL, failure);
        }
    }

    private void tls(SQLException failure, @Nullable Advice advice) {
        TlsTrouble trouble = tls.trouble(failure, ConnectProblem.TLS);
        if (trouble != null) {
            Code code = Code.named(trouble.code()).orElse(Code.TLS_FAILED);
            findings.add(code, trouble.what() + evidence(failure), trouble.fix());
        } else {
            advisedOr(advice, Code.TLS_FAILED, failure);
        }
    }

    private void authentication(SQLException failure, @Nullable Advice advice, BooleanSupplier worksWithTls) {
        if (failure.getErrorCode() == MYSQL_ACCESS_DENIED && worksWithTls.getAsBoolean()) {
            TlsTrouble demanded = tls.demanded();
            findings.add(
                    Code.TLS_REQUIRED,
                    demanded.what() + "; it calls that a wrong password, and takes the same one over TLS"
                            + evidence(failure),
                    demanded.fix());
            return;
        }
        TlsTrouble certificate = tls.trouble(failure, ConnectProblem.AUTHENTICATION);
        String also = certificate == null ? "" : ". " + certificate.text();
        if (advice == null) {
            findings.add(
                    Code.AUTH_REJECTED,
                    "the login is not accepted" + evidence(failure) + also,
                    "correct user and password" + WrittenLayer.afterRejection(credentials.secret()));
            return;
        }
        String cut = advice.code().equals(Code.AUTH_REJECTED.name())
                ? WrittenLayer.afterRejection(credentials.secret())
                : "";
        add(advice, advice.what() + evidence(failure) + also, advice.fix() + cut);
    }

    /** The other side took the connection and did not go on as its kind does. */
    private void line(SQLException failure, ConnectProblem problem) {
        if (open.isEmpty()) {
            // A socket factory of somebody else's: no more than the driver says is known.
            findings.add(
                    problem == ConnectProblem.TIMED_OUT ? Code.TCP_TIMED_OUT : Code.TCP_UNREACHABLE,
                    problem.words() + evidence(failure),
                    "look at what the socket factory of the URL connects to");
            return;
        }
        InetSocketAddress at = open.get(0);
        Answerer who = Answerer.at(at, course.share(LONGEST_QUESTION, 0.4));
        String where = TcpLayer.show(at);
        if (who.is(dialect.name())) {
            broken(failure, problem, where);
            return;
        }
        switch (who) {
            case NOBODY ->
                findings.add(
                        Code.TCP_REFUSED,
                        "nobody listens at " + where + " any more: the server has just gone",
                        "start the server, or wait until it has restarted");
            case SILENT ->
                findings.add(
                        Code.SERVER_SILENT,
                        where + " takes the connection and says nothing" + evidence(failure),
                        "look at the server: it is frozen or overloaded, or a proxy or firewall on the way takes connections"
                                + " that lead nowhere");
            case CLOSES ->
                findings.add(
                        Code.CONNECTION_CLOSED,
                        where + " takes the connection and closes it at once" + evidence(failure),
                        "look at the proxy or load balancer there: it has no server behind it that is up");
            case RESETS ->
                findings.add(
                        Code.CONNECTION_RESET,
                        where + " takes the connection and resets it" + evidence(failure),
                        "look at the proxy or firewall on the way: it lets nobody through to the server");
            default ->
                findings.add(
                        Code.WRONG_PROTOCOL,
                        "at " + where + " answers " + who.words + ", and not " + wanted() + evidence(failure),
                        wrongServer(who));
        }
    }

    private void broken(SQLException failure, ConnectProblem problem, String where) {
        if (problem == ConnectProblem.TIMED_OUT) {
            findings.add(
                    Code.SERVER_SILENT,
                    wanted() + " answers at " + where + ", but did not finish the login in time" + evidence(failure),
                    "give it more time with lifebelt.connect-timeout, or look at the server's load");
        } else {
            findings.add(
                    Code.CONNECTION_CLOSED,
                    wanted() + " answers at " + where + ", but the connection ended during the login"
                            + evidence(failure),
                    "look into the server's log for this moment");
        }
    }

    private void other(SQLException failure) {
        if (!open.isEmpty()) {
            Answerer who = Answerer.at(open.get(0), course.share(LONGEST_QUESTION, 0.4));
            if (!who.is(dialect.name()) && who != Answerer.NOBODY && who != Answerer.SILENT) {
                line(failure, ConnectProblem.OTHER);
                return;
            }
        }
        advisedOr(null, Code.LOGIN_FAILED, failure);
    }

    private String wanted() {
        return dialect.name().equals("postgresql") ? Answerer.POSTGRESQL.words : Answerer.MYSQL.words;
    }

    private String wrongServer(Answerer who) {
        if (who == Answerer.MYSQL || who == Answerer.POSTGRESQL) {
            return "give the port of " + wanted() + " (" + dialect.defaultPort() + " by custom), or begin the URL with "
                    + who.name().toLowerCase(Locale.ROOT) + "://";
        }
        return "give the port of " + wanted() + " (" + dialect.defaultPort() + " by custom)";
    }

    private void advised(Advice advice, SQLException failure) {
        add(advice, advice.what() + evidence(failure), advice.fix());
    }

    private void advisedOr(@Nullable Advice advice, Code code, SQLException failure) {
        if (advice == null) {
            findings.add(
                    code,
                    dialect.connectProblem(failure).words() + evidence(failure),
                    code == Code.SERVER_STARTING
                            ? "wait until it has started: pool.awaitReady does"
                            : "look into the server's log for this moment");
        } else {
            advised(advice, failure);
        }
    }

    private void add(Advice advice, String what, String fix) {
        Code.named(advice.code())
                .ifPresentOrElse(
                        code -> findings.add(code, what, fix), () -> findings.add(Code.LOGIN_FAILED, what, fix));
    }

    /** The driver's own words, with the codes by which people search. */
    private static String evidence(SQLException failure) {
        String state = failure.getSQLState() == null ? "" : failure.getSQLState();
        String number = failure.getErrorCode() == 0 ? "" : " " + failure.getErrorCode();
        String codes = (state + number).strip();
        return " (" + (codes.isEmpty() ? "" : codes + " ")
                + BorrowErrors.reason(failure).replace('\n', ' ').strip() + ")";
    }
}
