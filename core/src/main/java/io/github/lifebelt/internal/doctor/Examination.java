package io.github.lifebelt.internal.doctor;

import io.github.lifebelt.ConfigurationException;
import io.github.lifebelt.PoolConfig;
import io.github.lifebelt.doctor.Doctor.Layer;
import io.github.lifebelt.doctor.Doctor.Report;
import io.github.lifebelt.internal.config.Dialects;
import io.github.lifebelt.internal.credentials.FixedCredentials;
import io.github.lifebelt.security.CredentialsProvider;
import io.github.lifebelt.security.CredentialsProvider.Credentials;
import io.github.lifebelt.spi.Dialect;
import io.github.lifebelt.spi.Dialect.Transport;
import io.github.lifebelt.url.DatabaseUrl;
import io.github.lifebelt.url.DatabaseUrl.Host;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** One examination: the layers in their order, until one is broken. Used once. */
public final class Examination {

    // A provider whose library is missing gives no secret, whatever the setting's other worth.
    private static final Set<String> ABOUT_SECRETS = Set.of("ENTRA_LIBRARY_MISSING");

    private final Patient patient;
    private final Findings findings = new Findings();
    private final Course course;

    private @Nullable PoolConfig config;
    private @Nullable Dialect dialect;
    private @Nullable Credentials credentials;
    private boolean settingsRefused;

    public Examination(Patient patient) {
        this.patient = patient;
        this.course = new Course(findings, patient.timeout());
    }

    public Report report() {
        course.look(Layer.SECRET, this::written);
        PoolConfig settings = config;
        Dialect family = dialect;
        Credentials known = credentials;
        if (settings != null && family != null && known != null && !findings.isBroken(Layer.SECRET)) {
            examine(settings, family, known);
        }
        return new Report(Target.of(patient.reading()), course.layers(), findings.inOrder());
    }

    private void examine(PoolConfig settings, Dialect family, Credentials known) {
        List<InetSocketAddress> open = patient.connects() ? network(settings, family) : List.of();
        if (findings.isBroken(Layer.DNS) || findings.isBroken(Layer.TCP)) {
            return;
        }
        Login login = new Login(patient, settings, family, known, open, course, findings);
        if (!patient.connects()) {
            login.lookAtDemands();
            course.passed(Layer.POOL);
            if (!settingsRefused) {
                new PoolLayer(settings, findings).look();
            }
        } else if (!course.isBroken()) {
            login.look(settingsRefused);
        }
    }

    // ------------------------------------------------------------------------------------------------ what is written

    private void written() {
        WrittenLayer.look(patient.reading(), findings);
        DatabaseUrl url = patient.reading().url();
        if (url == null || findings.isBroken(Layer.SECRET)) {
            return;
        }
        try {
            Dialect family = Dialects.named(url.dialect());
            dialect = family;
            config = settings();
            family.check(url);
        } catch (ConfigurationException e) {
            findings.refused(e, Code.named(e.code()).map(code -> code.layer).orElse(Layer.SECRET));
        }
        if (config != null) {
            credentials = credentials(config.credentials());
        }
    }

    private PoolConfig settings() {
        try {
            return patient.settings();
        } catch (ConfigurationException e) {
            settingsRefused = true;
            findings.refused(e, ABOUT_SECRETS.contains(e.code()) ? Layer.SECRET : Layer.POOL);
            return patient.standard();
        }
    }

    private @Nullable Credentials credentials(CredentialsProvider provider) {
        if (!(provider instanceof FixedCredentials) && !patient.connects()) {
            // Whoever is asked may be far away.
            return Credentials.of(null, null);
        }
        try {
            Credentials given = provider instanceof FixedCredentials fixed
                    ? fixed.value()
                    : Bounded.call(course.share(Duration.ofSeconds(20), 0.6), provider::get);
            WrittenLayer.look(given, findings);
            return given;
        } catch (Exception e) {
            // Its text may hold what it was to give.
            findings.add(
                    Code.CREDENTIALS_UNAVAILABLE,
                    "There is nothing to log in with: " + provider + " gave "
                            + (e instanceof TimeoutException
                                    ? "no answer in time"
                                    : "a failure (" + e.getClass().getName() + ")"),
                    "look into the log of whoever supplies the credentials, and at the right of this program to ask it");
            return null;
        }
    }

    // ------------------------------------------------------------------------------------------------ the way there

    private List<InetSocketAddress> network(PoolConfig settings, Dialect family) {
        DatabaseUrl url = settings.url();
        if (family.transport(url) != Transport.HOSTS) {
            return List.of();
        }
        List<Host> hosts = url.hosts().isEmpty()
                ? List.of(new Host("localhost", null))
                : url.hosts().stream()
                        .map(host -> host.name().isEmpty() ? new Host("localhost", host.port()) : host)
                        .toList();
        Map<Host, List<InetAddress>> found = new LinkedHashMap<>();
        course.look(Layer.DNS, () -> found.putAll(DnsLayer.look(hosts, settings.resolver(), course, findings)));
        if (findings.isBroken(Layer.DNS)) {
            return List.of();
        }
        List<InetSocketAddress> open = new ArrayList<>();
        course.look(Layer.TCP, () -> open.addAll(TcpLayer.look(found, family.defaultPort(), course, findings)));
        return open;
    }
}
