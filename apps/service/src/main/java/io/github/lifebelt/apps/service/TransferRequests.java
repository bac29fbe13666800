package io.github.lifebelt.apps.service;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import io.github.lifebelt.apps.service.Bank.Transfer;
import io.github.lifebelt.tx.DatabaseException;
import io.github.lifebelt.tx.TransactionRolledBackException;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code POST /transfers}: what a caller sends, and what it is told. */
final class TransferRequests {
    private static final Logger LOG = LoggerFactory.getLogger(TransferRequests.class);
    private static final ObjectMapper MAPPER = new ObjectMapper()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);
    private static final int LONGEST_BODY = 4096;
    private static final long MOST_AMOUNT = 1_000_000;
    // Of callers that wait while the database is away; the others hear at once that it is.
    private static final int MOST_AT_ONCE = 64;

    private final Bank bank;
    private final Semaphore places = new Semaphore(MOST_AT_ONCE);

    TransferRequests(Bank bank) {
        this.bank = bank;
    }

    /** A request that cannot be understood. */
    private static final class Bad extends Exception {
        private static final long serialVersionUID = 1L;

        Bad(String message) {
            super(message);
        }
    }

    Answer answer(HttpExchange exchange) throws IOException {
        String foreign = Guard.crossSite(exchange);
        if (foreign != null) {
            return Answer.error(403, "cross-site", foreign);
        }
        String type = exchange.getRequestHeaders().getFirst("Content-Type");
        if (type == null || !type.toLowerCase(Locale.ROOT).startsWith("application/json")) {
            return Answer.error(415, "not-json", "send application/json");
        }
        byte[] body = exchange.getRequestBody().readNBytes(LONGEST_BODY + 1);
        if (body.length > LONGEST_BODY) {
            return Answer.error(413, "too-long", "a transfer is shorter than that");
        }
        try {
            return transfer(read(body));
        } catch (Bad e) {
            return Answer.error(400, "bad-request", String.valueOf(e.getMessage()));
        }
    }

    private static Transfer read(byte[] body) throws IOException, Bad {
        JsonNode json;
        try {
            json = MAPPER.readTree(body);
        } catch (JacksonException e) {
            throw new Bad("the body is no JSON");
        }
        if (!json.isObject()) {
            throw new Bad("the body is an object like {\"from\":1,\"to\":2,\"amount\":5}");
        }
        Transfer transfer = new Transfer(
                (int) number(json, "from", Integer.MAX_VALUE),
                (int) number(json, "to", Integer.MAX_VALUE),
                number(json, "amount", MOST_AMOUNT));
        if (transfer.from() == transfer.to()) {
            throw new Bad("from and to are the same account");
        }
        return transfer;
    }

    private static long number(JsonNode json, String name, long most) throws Bad {
        JsonNode value = json.path(name);
        if (!value.canConvertToLong()
                || !value.isIntegralNumber()
                || value.longValue() < 1
                || value.longValue() > most) {
            throw new Bad(name + " is a whole number from 1 to " + most);
        }
        return value.longValue();
    }

    private Answer transfer(Transfer transfer) {
        if (!places.tryAcquire()) {
            return Answer.error(503, "busy", "too many transfers wait; nothing was stored")
                    .with("Retry-After", "1");
        }
        try {
            bank.transfer(transfer);
            return Answer.ok(transfer);
        } catch (Bank.Declined e) {
            return Answer.error(409, e.reason(), String.valueOf(e.getMessage()));
        } catch (DatabaseException e) {
            LOG.warn("a transfer was answered with a failure", e);
            return failure(e);
        } finally {
            places.release();
        }
    }

    /** The code leads to its paragraph in ERRORS.md; the exception's own words may name hosts and users. */
    static Answer failure(DatabaseException failure) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("error", failure.code());
        members.put("effect", failure.effect());
        members.put("retryable", failure.retryable());
        members.put(
                "message",
                switch (failure.effect()) {
                    case NONE -> "nothing was stored";
                    case COMMITTED -> "it was stored, and what was to follow has failed: do not send it again";
                    case UNKNOWN -> "it is not known whether it was stored: look before sending it again";
                });
        Answer answer = Answer.of(status(failure), members);
        return failure.retryable() ? answer.with("Retry-After", "1") : answer;
    }

    private static int status(DatabaseException failure) {
        if (failure instanceof TransactionRolledBackException rolledBack) {
            return switch (rolledBack.reason()) {
                case CONFLICT, DEADLOCK, CONSTRAINT -> 409;
                case STATEMENT_ERROR, SWALLOWED_ERROR, ROLLBACK_ONLY -> 500;
                default -> 503;
            };
        }
        return failure.effect() == DatabaseException.Effect.COMMITTED ? 500 : 503;
    }
}
