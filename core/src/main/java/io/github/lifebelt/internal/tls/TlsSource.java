package io.github.lifebelt.internal.tls;

import io.github.lifebelt.ConfigurationException;
import io.github.lifebelt.internal.tls.ClientCertificate.Identity;
import io.github.lifebelt.security.SslMode;
import io.github.lifebelt.spi.ConnectRequest;
import io.github.lifebelt.spi.Dialect.ConnectProblem;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * A pool's TLS: the context that connects are made with, from files that are looked at again. Who rotates an authority or
 * a client's certificate exchanges the file, and connects from then on use the new one, without a session of before. A
 * file that cannot be used, half-written or gone, changes nothing but one line in the log.
 *
 * <p>Thread-safe. Nothing is looked at but when a connection is made, and then once a second at most.
 */
public final class TlsSource {

    private static final long BETWEEN_LOOKS_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** What a look has found: stamps to see a change by, contents to know whether it is one, and the context of them. */
    private record Loaded(List<TlsFile.Stamp> stamps, String digest, ConnectRequest.Tls tls) {}

    private final SslMode mode;
    private final @Nullable TlsFile roots;
    private final @Nullable ClientCertificate client;
    private final TlsExplanation explanation;
    private final List<TlsFile> files = new ArrayList<>();
    private final Handshakes handshakes;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile Consumer<String> warnings = warning -> {};
    private volatile Loaded loaded;
    private volatile long lookedAt;
    /** Whether the files, as they are now, cannot be used, and that was said. */
    private boolean broken;

    /**
     * Reads the files.
     *
     * @param roots whom to trust, or null for the JDK's trust store
     * @param client what to show to servers that ask, or null
     * @param target for messages
     * @throws ConfigurationException if a file cannot be used
     */
    TlsSource(
            SslMode mode,
            @Nullable TlsFile roots,
            @Nullable ClientCertificate client,
            TlsExplanation.Target target,
            InstantSource clock) {
        this.mode = mode;
        this.roots = roots;
        this.client = client;
        handshakes = new Handshakes(clock);
        explanation = new TlsExplanation(mode, roots, client, target, handshakes);
        if (roots != null) {
            files.add(roots);
        }
        if (client != null) {
            files.addAll(client.files());
        }
        lookedAt = System.nanoTime();
        loaded = load(null);
    }

    /**
     * For a connect that begins now.
     *
     * @return the same object as before unless a file has changed
     */
    public ConnectRequest.Tls current() {
        handshakes.warnIfSoon();
        if (!files.isEmpty() && System.nanoTime() - lookedAt >= BETWEEN_LOOKS_NANOS) {
            look();
        }
        return loaded.tls();
    }

    /**
     * For another try after TLS has failed, for which files are looked at in any case: they may just have been exchanged.
     *
     * @return the same object as before unless a file has changed
     */
    public ConnectRequest.Tls afterFailure() {
        if (!files.isEmpty()) {
            look();
        }
        return loaded.tls();
    }

    /** One thread looks; others that connect meanwhile take what there is. */
    private void look() {
        if (!lock.tryLock()) {
            return;
        }
        try {
            lookedAt = System.nanoTime();
            Loaded before = loaded;
            if (stamps().equals(before.stamps())) {
                broken = false;
                return;
            }
            Loaded now = load(before);
            loaded = now;
            broken = false;
            if (!now.tls().equals(before.tls())) {
                warnings.accept(this + " has changed: new connections use what is in it now");
            }
        } catch (ConfigurationException e) {
            if (!broken) {
                broken = true;
                warnings.accept("what was read before stays in use, because a file was changed and cannot be used: "
                        + e.getMessage());
            }
        } finally {
            lock.unlock();
        }
    }

    private List<TlsFile.Stamp> stamps() {
        return files.stream().map(TlsFile::stamp).toList();
    }

    private Loaded load(@Nullable Loaded before) {
        if (mode == SslMode.DISABLE) {
            return new Loaded(List.of(), "", new ConnectRequest.Tls(mode, null));
        }
        // Before reading: what changes in between is seen at the next look.
        List<TlsFile.Stamp> stamps = stamps();
        String digest = digest();
        if (before != null && digest.equals(before.digest())) {
            return new Loaded(stamps, digest, before.tls());
        }
        // Read also where it is not used: a wrong path is a mistake whatever the mode.
        KeyStore trusted = roots == null ? null : TrustContexts.roots(roots, roots.read());
        Identity identity = client == null ? null : client.read();
        SSLContext context = TrustContexts.of(mode.verifies(), trusted, identity, handshakes);
        return new Loaded(stamps, digest, new ConnectRequest.Tls(mode, context));
    }

    private String digest() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (TlsFile file : files) {
                byte[] content = file.read();
                digest.update(Integer.toString(content.length).getBytes(java.nio.charset.StandardCharsets.US_ASCII));
                digest.update((byte) ' ');
                digest.update(content);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /**
     * Says who is to hear of files that have changed or cannot be used, and of a certificate that is about to expire.
     *
     * @param changes takes one line each
     * @param expiry takes one line a day
     */
    public void tellTo(Consumer<String> changes, Consumer<String> expiry) {
        warnings = changes;
        handshakes.warnTo(expiry);
    }

    /**
     * When the server's certificate expires.
     *
     * @return of the last server whose certificate was taken, or null before that or without TLS
     */
    public @Nullable Instant serverCertificateExpiresAt() {
        return handshakes.expiresAt();
    }

    /**
     * What a failure to connect means, if it is about TLS.
     *
     * @param failure the driver's
     * @param problem what the dialect takes it for
     * @return a sentence or two: the cause, and what to do; or null
     */
    public @Nullable String explain(SQLException failure, ConnectProblem problem) {
        return explanation.of(failure, problem);
    }

    /** The same with its parts apart, for a report. */
    public @Nullable TlsTrouble trouble(SQLException failure, ConnectProblem problem) {
        return explanation.trouble(failure, problem);
    }

    /** That a server takes no plain text, for one that hides it behind another refusal. */
    public TlsTrouble demanded() {
        return TlsExplanation.demanded(mode);
    }

    @Override
    public String toString() {
        return roots == null ? String.valueOf(client) : client == null ? roots.toString() : roots + ", " + client;
    }
}
