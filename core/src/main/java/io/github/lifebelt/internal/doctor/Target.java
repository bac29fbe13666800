package io.github.lifebelt.internal.doctor;

import io.github.lifebelt.url.DatabaseUrl;
import io.github.lifebelt.url.UrlReading;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** Where a database is, without secrets. */
final class Target {

    /** The short form for people, which JSON has in parts. */
    static final String URL = "url";

    private Target() {}

    static Map<String, Object> of(UrlReading reading) {
        Map<String, Object> target = new LinkedHashMap<>();
        DatabaseUrl url = reading.url();
        if (url == null) {
            // Where a text is not what it was meant to be, any part of it may be a piece of the password.
            target.put(URL, "a connection string that leads nowhere");
            if (reading.strict() != null) {
                target.put("dialect", reading.strict().dialect());
            }
        } else {
            target.put(URL, url.target());
            target.put("dialect", url.dialect());
            target.put("hosts", url.hosts().stream().map(Target::host).toList());
            target.put("database", url.database());
            target.put("user", url.user());
            target.put("sslmode", url.sslMode() == null ? null : url.sslMode().toString());
        }
        if (reading.source() != null) {
            target.put("source", reading.source());
        }
        return Collections.unmodifiableMap(target);
    }

    private static Map<String, Object> host(DatabaseUrl.Host host) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("host", host.name());
        json.put("port", host.port());
        return json;
    }
}
