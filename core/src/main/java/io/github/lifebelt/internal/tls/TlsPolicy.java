package io.github.lifebelt.internal.tls;

import io.github.lifebelt.ConfigurationException;
import io.github.lifebelt.security.SslMode;
import io.github.lifebelt.spi.ConnectRequest;
import io.github.lifebelt.url.DatabaseUrl;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What is demanded of TLS in the end.
 *
 * <p>On host names that a cloud gives out, whose servers show certificates of public authorities, every mode is raised to
 * {@link SslMode#VERIFY_FULL}: it costs nothing there, and {@code require} as the clouds' portals write it verifies
 * nothing. Elsewhere what was given is kept, and what it does not verify is a warning; but a root certificate that was
 * named is used, as libpq uses it for {@code require}.
 */
public final class TlsPolicy {

    private static final String OPT_OUT =
            "to take the mode as given: PoolBuilder.sslModeAsGiven(), or lifebelt.ssl-mode-as-given=true in the URL";
    private static final Set<String> LOOPBACK = Set.of("", "localhost", "::1", "0:0:0:0:0:0:0:1");

    private static final Pattern LOOPBACK_V4 = Pattern.compile("127(\\.\\d{1,3}){3}");
    private static final String SYSTEM = "system";

    private TlsPolicy() {}

    /**
     * The outcome.
     *
     * @param source what dialects connect with, at each moment
     * @param notes for one INFO line each
     * @param cautions what is not verified, or will fail
     * @param failureHint for the end of an error about TLS, or null
     */
    public record Decision(
            TlsSource source,
            List<String> notes,
            List<TlsTrouble> cautions,
            @Nullable String failureHint) {
        /** For one WARN line each. */
        public List<String> warnings() {
            return cautions.stream().map(TlsTrouble::text).toList();
        }

        /** What a connect that begins now uses. */
        public ConnectRequest.Tls tls() {
            return source.current();
        }
    }

    /**
     * Decides, and reads root certificates, client certificate and key.
     *
     * @throws ConfigurationException if they cannot be read, or if the mode contradicts them
     */
    public static Decision resolve(DatabaseUrl url, Predicate<String> hasPublicCertificate, boolean sslModeAsGiven) {
        return resolve(url, hasPublicCertificate, sslModeAsGiven, JdkTrust::roots, InstantSource.system());
    }

    /** The same with other roots in place of the JDK's, and another clock. */
    static Decision resolve(
            DatabaseUrl url,
            Predicate<String> hasPublicCertificate,
            boolean sslModeAsGiven,
            Supplier<List<X509Certificate>> jdkRoots,
            InstantSource clock) {
        List<String> notes = new ArrayList<>();
        List<TlsTrouble> cautions = new ArrayList<>();
        SslMode given = demanded(url);
        boolean publicNames =
                !url.hosts().isEmpty() && url.hosts().stream().allMatch(host -> hasPublicCertificate.test(host.name()));
        String failureHint = null;
        SslMode mode;
        if (publicNames && !sslModeAsGiven && given != SslMode.DISABLE) {
            mode = SslMode.VERIFY_FULL;
            if (given != SslMode.VERIFY_FULL) {
                String raised = "sslmode " + (given == null ? "(none)" : given) + " is raised to verify-full for "
                        + url.target() + ", verified against "
                        + (hasRootFile(url) ? url.sslRootCert() : "the JDK's trust store") + "; " + OPT_OUT;
                notes.add(raised);
                failureHint = "The " + raised;
            }
        } else if (hasRootFile(url) && !sslModeAsGiven && isUnverified(given)) {
            mode = SslMode.VERIFY_CA;
            notes.add("sslmode " + (given == null ? "(none)" : given) + " with an sslrootcert verifies the chain of "
                    + url.target() + ", as libpq does for require; write verify-full to verify the host name too");
        } else if (given == null) {
            mode = SslMode.PREFER;
            if (!isLoopback(url)) {
                cautions.add(unverified(url, "no sslmode was given, so TLS is used if the server offers it"));
            }
        } else {
            mode = given;
            if (given == SslMode.DISABLE ? !isLoopback(url) : !given.verifies()) {
                // A loopback address may be the near end of a tunnel: who asks for TLS there wants to know.
                cautions.add(unverified(url, "sslmode " + given));
            } else if (given == SslMode.VERIFY_CA && !hasRootFile(url)) {
                cautions.add(unverified(
                        url, "sslmode verify-ca takes the certificates of all public authorities for any host"));
            }
        }
        List<String> hosts = url.hosts().stream().map(DatabaseUrl.Host::name).toList();
        String lacking = mode.verifies() && !hasRootFile(url) ? JdkTrust.lacks(jdkRoots.get(), hosts) : null;
        if (lacking != null) {
            cautions.add(TlsTrouble.of("TLS_ROOTS_MISSING", lacking));
        }
        TlsFile roots = hasRootFile(url) && mode != SslMode.DISABLE ? rootFile(url) : null;
        ClientCertificate client = mode == SslMode.DISABLE ? null : ClientCertificate.of(url);
        TlsSource source =
                new TlsSource(mode, roots, client, new TlsExplanation.Target(hosts, failureHint, lacking), clock);
        String readable = client == null ? null : client.permissionWarning();
        if (readable != null) {
            cautions.add(TlsTrouble.of("SSL_KEY_READABLE", readable));
        }
        return new Decision(source, List.copyOf(notes), List.copyOf(cautions), failureHint);
    }

    private static TlsFile rootFile(DatabaseUrl url) {
        return TlsFile.of(
                "sslrootcert",
                "SSL_ROOT_CERT",
                String.valueOf(url.sslRootCert()),
                "a readable file of PEM certificates, or 'system' for the JDK's trust store");
    }

    /** {@code sslrootcert=system} without a mode means {@code verify-full}, and contradicts any other, as in libpq. */
    private static @Nullable SslMode demanded(DatabaseUrl url) {
        SslMode given = url.sslMode();
        if (!SYSTEM.equals(url.sslRootCert()) || given == SslMode.VERIFY_FULL) {
            return given;
        }
        if (given == null) {
            return SslMode.VERIFY_FULL;
        }
        throw new ConfigurationException(
                "SSLMODE_TOO_WEAK",
                "sslrootcert=system trusts every public authority, so sslmode " + given
                        + " would prove nothing; allowed with it: verify-full");
    }

    private static TlsTrouble unverified(DatabaseUrl url, String how) {
        return new TlsTrouble(
                "TLS_NOT_VERIFIED",
                how + ": who answers as " + url.target()
                        + " is not verified, so whoever stands between can read and change what is sent",
                "write sslmode=verify-full, with sslrootcert=<PEM file> if the server's root is not in the JDK's trust"
                        + " store");
    }

    /** Whether a root certificate would not even be looked at. Plain text was asked for by name, and stays. */
    private static boolean isUnverified(@Nullable SslMode given) {
        return given == null || (!given.verifies() && given != SslMode.DISABLE);
    }

    private static boolean hasRootFile(DatabaseUrl url) {
        return url.sslRootCert() != null && !url.sslRootCert().equals(SYSTEM);
    }

    private static boolean isLoopback(DatabaseUrl url) {
        return url.hosts().stream()
                .allMatch(host -> LOOPBACK.contains(host.name())
                        || LOOPBACK_V4.matcher(host.name()).matches());
    }
}
