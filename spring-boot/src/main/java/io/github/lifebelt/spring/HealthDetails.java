package io.github.lifebelt.spring;

import io.github.lifebelt.health.HealthReport;
import io.github.lifebelt.health.HealthReport.Reason;
import io.github.lifebelt.health.HealthReport.Saturation;
import io.github.lifebelt.health.HealthReport.Status;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A pool's health as details of {@code /actuator/health}. Without threads and statements, which are in the log: that page
 * is often shown to anybody.
 */
final class HealthDetails {
    private HealthDetails() {}

    /** Boot knows nothing between UP and DOWN: whoever can do its work is UP, and the details say what is the matter. */
    static boolean isUp(HealthReport report) {
        return report.status() != Status.DOWN;
    }

    static Map<String, Object> of(HealthReport report) {
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("pool", report.pool());
        details.put("target", report.target());
        details.put("status", report.status().name());
        details.put("state", report.database().state().name());
        details.put("ready", report.ready());
        Saturation saturation = report.saturation();
        details.put("active", saturation.active());
        details.put("max", saturation.max());
        details.put("waiting", saturation.waiting());
        if (report.database().lastSuccess() != null) {
            details.put("lastSuccess", report.database().lastSuccess().toString());
        }
        if (report.schema() != null) {
            details.put("schema", report.schema().message());
        }
        for (Reason reason : report.reasons()) {
            String message = reason.code() == HealthReport.Code.POOL_SATURATED
                    ? saturation.waiting() + " callers wait for one of " + saturation.max() + " connections"
                    : reason.message();
            details.put(reason.code().name(), message);
        }
        return details;
    }
}
