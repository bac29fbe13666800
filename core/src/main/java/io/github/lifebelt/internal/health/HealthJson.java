package io.github.lifebelt.internal.health;

import io.github.lifebelt.health.HealthReport;
import io.github.lifebelt.health.HealthReport.Fleet;
import io.github.lifebelt.health.HealthReport.Holder;
import io.github.lifebelt.health.HealthReport.Saturation;
import io.github.lifebelt.health.HealthReport.Session;
import io.github.lifebelt.internal.json.Json;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A report as JSON, with the names of its components. */
public final class HealthJson {

    /** An object in the making. Empty lists are left out like what is not there. */
    private static final class Members {
        private final Map<String, Object> members = new LinkedHashMap<>();

        Members put(String name, @Nullable Object value) {
            boolean nothing = value == null || (value instanceof Collection<?> list && list.isEmpty());
            if (value instanceof Duration duration) {
                members.put(name + "Millis", duration.toMillis());
            } else if (!nothing) {
                members.put(name, value instanceof Members nested ? nested.members : value);
            }
            return this;
        }
    }

    private HealthJson() {}

    public static String of(HealthReport report) {
        HealthReport.Database database = report.database();
        HealthReport.Schema schema = report.schema();
        Members members = new Members()
                .put("status", report.status())
                .put("live", report.live())
                .put("ready", report.ready())
                .put("pool", report.pool())
                .put("target", report.target())
                .put("at", report.at())
                .put(
                        "reasons",
                        report.reasons().stream()
                                .map(reason -> new Members()
                                        .put("code", reason.code())
                                        .put("message", reason.message())
                                        .members)
                                .toList())
                .put(
                        "database",
                        new Members()
                                .put("reached", database.reached())
                                .put("state", database.state())
                                .put("took", database.took())
                                .put("lastSuccess", database.lastSuccess())
                                .put("age", database.age())
                                .put("problem", database.problem()))
                .put("saturation", saturation(report.saturation()))
                .put(
                        "schema",
                        schema == null
                                ? null
                                : new Members().put("ready", schema.ready()).put("message", schema.message()))
                .put("fleet", fleet(report.fleet()));
        return Json.of(members.members);
    }

    private static Members saturation(Saturation saturation) {
        return new Members()
                .put("saturated", saturation.saturated())
                .put("active", saturation.active())
                .put("max", saturation.max())
                .put("waiting", saturation.waiting())
                .put("oldestWait", saturation.oldestWait())
                .put(
                        "holders",
                        saturation.holders().stream().map(HealthJson::holder).toList());
    }

    private static Map<String, Object> holder(Holder holder) {
        Session server = holder.server();
        return new Members()
                .put("thread", holder.thread())
                .put("unit", holder.unit())
                .put("held", holder.held())
                .put("session", holder.session())
                .put("statement", holder.statement())
                .put("borrowedAt", holder.borrowedAt())
                .put("now", holder.now())
                .put("server", server == null ? null : session(server))
                .members;
    }

    private static Members session(Session session) {
        return new Members()
                .put("state", session.state())
                .put("waitsFor", session.waitsFor())
                .put("transactionAge", session.transactionAge())
                .put("statementAge", session.statementAge())
                .put("blockedBy", session.blockedBy());
    }

    private static @Nullable Members fleet(@Nullable Fleet fleet) {
        return fleet == null
                ? null
                : new Members()
                        .put("fits", fleet.fits())
                        .put("wanted", fleet.wanted())
                        .put("available", fleet.available())
                        .put("poolSize", fleet.poolSize())
                        .put("replicas", fleet.replicas())
                        .put("surge", fleet.surge());
    }
}
