package io.github.lifebelt.apps.service;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who may change something. A page of anybody else's, open in the same browser, can send requests to this machine, and
 * one whose host name leads here even reads the answers: so both are told apart by what browsers say of a request.
 */
final class Guard {
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

    private Guard() {}

    /** Why the request comes from elsewhere, or null if it may do what it wants. */
    static @Nullable String crossSite(HttpExchange exchange) {
        Headers headers = exchange.getRequestHeaders();
        String site = headers.getFirst("Sec-Fetch-Site");
        if (site != null && !site.equals("same-origin") && !site.equals("none")) {
            return "a page of another site asks for this";
        }
        String origin = headers.getFirst("Origin");
        if (origin != null && !origin.equals("http://" + headers.getFirst("Host"))) {
            return "a page of another origin asks for this";
        }
        return null;
    }

    /** The same for what only whoever sits at this machine may do. */
    static @Nullable String notFromHere(HttpExchange exchange) {
        if (!exchange.getRemoteAddress().getAddress().isLoopbackAddress()) {
            return "this is for the machine itself only";
        }
        String host = exchange.getRequestHeaders().getFirst("Host");
        if (host == null || !LOOPBACK.contains(host.replaceFirst(":\\d+$", "").toLowerCase(Locale.ROOT))) {
            return "the request was addressed to another name";
        }
        return crossSite(exchange);
    }
}
