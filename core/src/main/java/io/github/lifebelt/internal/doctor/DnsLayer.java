package io.github.lifebelt.internal.doctor;

import io.github.lifebelt.internal.config.Durations;
import io.github.lifebelt.spi.ConnectRequest.HostResolver;
import io.github.lifebelt.url.DatabaseUrl.Host;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.Security;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Whether hosts have addresses, and for how long this JVM believes them. */
final class DnsLayer {

    private static final Duration LONGEST = Duration.ofMinutes(2);
    private static final String PRIVATE_LINK = ".privatelink.";

    private DnsLayer() {}

    /** The addresses of each host that has some. */
    static Map<Host, List<InetAddress>> look(
            List<Host> hosts, HostResolver resolver, Course course, Findings findings) {
        Map<Host, List<InetAddress>> found = new LinkedHashMap<>();
        List<String> unknown = new ArrayList<>();
        String last = "";
        for (Host host : hosts) {
            try {
                found.put(host, Bounded.call(course.share(Duration.ofSeconds(5), 0.5), () -> {
                    return HostResolver.addresses(resolver, host.name());
                }));
            } catch (UnknownHostException e) {
                unknown.add(host.name());
                last = String.valueOf(e.getMessage());
            } catch (Exception e) {
                unknown.add(host.name());
                last = "no answer in time";
            }
            privateLink(host, findings);
        }
        if (found.isEmpty()) {
            findings.add(
                    Code.UNKNOWN_HOST,
                    "The host " + String.join(", ", unknown) + " has no address: " + last,
                    isCloud(unknown)
                            ? "look at the server's name; if it is reached by a private endpoint or from a virtual network,"
                                    + " link its private DNS zone to the network of this machine"
                            : "correct the host's name in the URL, or make it known to this machine's DNS");
        } else if (!unknown.isEmpty()) {
            findings.add(
                    Code.HOST_PARTLY_UNKNOWN,
                    "Of several hosts, " + String.join(", ", unknown) + " has no address: " + last,
                    "correct its name, or take it out of the list");
        }
        course.saw(io.github.lifebelt.doctor.Doctor.Layer.DNS, text(found));
        cache(findings);
        return found;
    }

    private static String text(Map<Host, List<InetAddress>> found) {
        return found.entrySet().stream()
                .map(entry -> text(entry.getKey().name(), entry.getValue()))
                .collect(Collectors.joining("; "));
    }

    private static String text(String name, List<InetAddress> addresses) {
        String all = addresses.stream().map(InetAddress::getHostAddress).collect(Collectors.joining(", "));
        return all.equals(name) ? name + " is an address" : name + " is " + all;
    }

    private static boolean isCloud(List<String> names) {
        return names.stream()
                .map(name -> name.toLowerCase(Locale.ROOT))
                .anyMatch(name ->
                        name.contains(".azure.") || name.contains(".amazonaws.") || name.contains(PRIVATE_LINK));
    }

    private static void privateLink(Host host, Findings findings) {
        if (host.name().toLowerCase(Locale.ROOT).contains(PRIVATE_LINK)) {
            String publicName = host.name().replaceFirst("(?i)\\.privatelink\\.", ".");
            findings.add(
                    Code.PRIVATE_LINK_NAME,
                    "The host " + host.name()
                            + " is the inner name of a private endpoint, which the server's certificate"
                            + " does not have",
                    "connect to " + publicName + ": within the network it leads to the same address");
        }
    }

    /** A name that moves after a fail-over is found again only when this JVM has forgotten where it led. */
    private static void cache(Findings findings) {
        warn(findings, "networkaddress.cache.ttl", "sun.net.inetaddr.ttl", "addresses", 30);
        warn(findings, "networkaddress.cache.negative.ttl", "sun.net.inetaddr.negative.ttl", "unknown hosts", 10);
    }

    private static void warn(Findings findings, String security, String system, String what, int advised) {
        Long seconds = seconds(Security.getProperty(security));
        if (seconds == null) {
            seconds = seconds(System.getProperty(system));
        }
        if (seconds == null || (seconds >= 0 && seconds <= LONGEST.toSeconds())) {
            return;
        }
        findings.add(
                Code.DNS_CACHED_TOO_LONG,
                "This JVM remembers " + what + " "
                        + (seconds < 0 ? "for ever" : "for " + Durations.text(Duration.ofSeconds(seconds))) + " ("
                        + security + "=" + seconds + "): after a fail-over it goes on connecting to where the name led"
                        + " before",
                "set " + security + "=" + advised + " in the JVM's java.security");
    }

    private static @Nullable Long seconds(@Nullable String text) {
        if (text == null || !text.strip().matches("-?\\d{1,9}")) {
            return null;
        }
        return Math.min(Long.parseLong(text.strip()), TimeUnit.DAYS.toSeconds(3_650));
    }
}
