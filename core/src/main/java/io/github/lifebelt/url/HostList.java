package io.github.lifebelt.url;

import io.github.lifebelt.ConfigurationException;
import java.util.ArrayList;
import java.util.List;

/** Hosts and ports as they are found, together or apart. */
final class HostList {

    private List<String> names = new ArrayList<>();
    private List<String> ports = new ArrayList<>();

    /** An empty port is the default. */
    void add(String name, String port) {
        names.add(name);
        ports.add(port);
    }

    /** Hosts that may have a port behind them, with commas between them; the others have the port {@code otherwise}. */
    void addAll(String text, String otherwise) {
        for (String one : text.split(",", -1)) {
            String host = one.strip();
            int colon = host.lastIndexOf(':');
            boolean bracketed = host.startsWith("[");
            boolean hasPort = !host.startsWith("/")
                    && colon >= 0
                    && (bracketed ? host.startsWith("]:", colon - 1) : host.indexOf(':') == colon);
            String name = hasPort ? host.substring(0, colon) : host;
            boolean closed = bracketed && name.endsWith("]");
            add(closed ? name.substring(1, name.length() - 1) : name, hasPort ? host.substring(colon + 1) : otherwise);
        }
    }

    void names(List<String> all) {
        names = new ArrayList<>(all);
    }

    /** One for all hosts, or one for each. */
    void ports(List<String> all) {
        ports = new ArrayList<>(all);
    }

    private List<String> names() {
        // A port without any host belongs to the default host.
        return names.isEmpty() && !ports.isEmpty() ? List.of("") : names;
    }

    private String port(int i) {
        return ports.size() == 1 ? ports.get(0) : i < ports.size() ? ports.get(i) : "";
    }

    /** As they stand in the text, whether they can be or not. */
    List<UrlReading.HostText> texts() {
        List<UrlReading.HostText> texts = new ArrayList<>();
        for (int i = 0; i < names().size(); i++) {
            texts.add(new UrlReading.HostText(names().get(i), port(i).isEmpty() ? null : port(i)));
        }
        return texts;
    }

    /** Refuses what cannot be. */
    void addTo(DatabaseUrl.Builder url) {
        int n = names().size();
        if (ports.size() > 1 && ports.size() != n) {
            throw new ConfigurationException(
                    "PORT_COUNT_MISMATCH",
                    ports.size() + " ports for " + n + " hosts: give one port for all, or one for each");
        }
        for (int i = 0; i < n; i++) {
            String name = names().get(i);
            String where = n == 1 ? "the host" : "host " + (i + 1) + " of " + n;
            HostTexts.refuseImpossible(name, where);
            if (port(i).isEmpty()) {
                url.host(name);
            } else {
                url.host(name, HostTexts.port(port(i), where));
            }
        }
    }
}
