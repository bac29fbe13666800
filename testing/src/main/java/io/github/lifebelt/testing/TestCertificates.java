package io.github.lifebelt.testing;

import io.github.lifebelt.testing.internal.certificates.Keytool;
import io.github.lifebelt.testing.internal.certificates.Pem;
import io.github.lifebelt.testing.internal.certificates.TrustStore;
import io.github.lifebelt.testing.internal.system.Workspace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A certificate authority and server certificates for tests, good and bad ones. They are made when first asked for, with
 * the JDK's {@code keytool} and nothing else, and are the same for the whole JVM; their files are in a temporary folder
 * that is removed when the JVM ends.
 *
 * <p>Thread-safe. Making the first server certificate takes about 0.6 s, each further one about 0.3 s. Every method
 * throws {@link UncheckedIOException} if {@code keytool} is missing from the Java installation or fails.
 */
public final class TestCertificates {
    private static final TestCertificates SHARED = new TestCertificates();

    /** The password of {@link #authorityTrustStore()}; it protects nothing, but formats want one. */
    public static final String TRUST_STORE_PASSWORD = Keytool.PASSWORD;

    private static final String AUTHORITY = "authority";
    private static final String OTHER_AUTHORITY = "other-authority";
    private static final String NEW_AUTHORITY = "new-authority";
    private static final List<String> MAY_SIGN = List.of("-ext", "bc:c=ca:true", "-ext", "ku:c=keyCertSign,cRLSign");
    private static final String LOCALHOST = "san=dns:localhost,ip:127.0.0.1,ip:::1";
    private static final String ELSEWHERE = "san=dns:elsewhere.example";
    private static final List<String> TEN_YEARS = List.of("-validity", "3650");
    private static final List<String> ENDED_A_YEAR_AGO = List.of("-startdate", "-2y", "-validity", "365");
    private static final List<String> TEN_DAYS = List.of("-validity", "10");
    private static final String FOR_SERVERS = "eku=serverAuth";
    private static final String FOR_CLIENTS = "eku=clientAuth";
    private static final String NEW_INTERMEDIATE = "new-intermediate";

    private final Map<String, Path> authorities = new HashMap<>();
    private final Map<String, ServerCertificate> servers = new HashMap<>();
    private final Map<String, ClientCertificate> clients = new HashMap<>();
    private @Nullable Path trustStore;
    private @Nullable Path folder;

    private TestCertificates() {}

    /**
     * The certificates of this JVM.
     *
     * @return always the same object; nothing is made yet
     */
    public static TestCertificates shared() {
        return SHARED;
    }

    /**
     * The authority that signed the server certificates: what a client trusts, as in {@code sslrootcert}.
     *
     * @return a PEM file with one certificate
     */
    public Path authority() {
        return authorityNamed(AUTHORITY);
    }

    /**
     * The same as {@link #authority()} for clients that do not read PEM, as MySQL's driver.
     *
     * @return a PKCS12 file with one trusted certificate, its password {@link #TRUST_STORE_PASSWORD}
     */
    public synchronized Path authorityTrustStore() {
        Path known = trustStore;
        if (known == null) {
            Path trusted = authority();
            known = make(
                    AUTHORITY,
                    () -> TrustStore.write(folder().resolve(AUTHORITY + ".p12"), Pem.readCertificates(trusted)));
            trustStore = known;
        }
        return known;
    }

    /**
     * An authority that signed none of the server certificates: a client that trusts only this one must refuse them all.
     *
     * @return a PEM file with one certificate
     */
    public Path otherAuthority() {
        return authorityNamed(OTHER_AUTHORITY);
    }

    /**
     * A good certificate, for {@code localhost}, {@code 127.0.0.1} and {@code ::1}.
     *
     * @return the certificate with its key, signed by {@link #authority()}
     */
    public ServerCertificate server() {
        return serverNamed("server", LOCALHOST, TEN_YEARS);
    }

    /**
     * A certificate for another host only: a client that connects to {@code localhost} must refuse it if it verifies
     * host names.
     *
     * @return the certificate with its key, signed by {@link #authority()}
     */
    public ServerCertificate wrongHost() {
        return serverNamed("wrong-host", ELSEWHERE, TEN_YEARS);
    }

    /**
     * A certificate for {@code localhost} that was valid for a year and ended a year ago.
     *
     * @return the certificate with its key, signed by {@link #authority()}
     */
    public ServerCertificate expired() {
        return serverNamed("expired", LOCALHOST, ENDED_A_YEAR_AGO);
    }

    /**
     * A good certificate for {@code localhost} that ends in ten days.
     *
     * @return the certificate with its key, signed by {@link #authority()}
     */
    public ServerCertificate endsSoon() {
        return serverNamed("ends-soon", LOCALHOST, TEN_DAYS);
    }

    /**
     * A certificate for {@code localhost} that no authority has signed, as servers make it for themselves.
     *
     * @return the certificate with its key
     */
    public synchronized ServerCertificate selfSigned() {
        return serverNamed(
                "self-signed",
                LOCALHOST,
                TEN_YEARS,
                null,
                (keytool, store) -> List.of(store.getCertificate("self-signed")));
    }

    /**
     * A good certificate for {@code localhost} from the authority that takes the place of {@link #authority()}, which
     * knows nothing of it.
     *
     * @return the certificate with its key, signed by {@link #newAuthority()}
     */
    public synchronized ServerCertificate renewed() {
        newAuthority();
        return serverNamed(
                "renewed",
                LOCALHOST,
                TEN_YEARS,
                NEW_AUTHORITY,
                (keytool, store) -> List.of(store.getCertificateChain("renewed")));
    }

    /**
     * A certificate for a client, for servers that demand one ({@link TestDatabaseBuilder#clientCertificates}).
     *
     * @return the certificate with its key, its common name {@code app}, signed by {@link #authority()}
     */
    public ClientCertificate client() {
        return clientNamed("client", AUTHORITY);
    }

    /**
     * A certificate for a client that servers do not accept.
     *
     * @return the certificate with its key, its common name {@code app}, signed by {@link #otherAuthority()}
     */
    public ClientCertificate strangersClient() {
        otherAuthority();
        return clientNamed("strangers-client", OTHER_AUTHORITY);
    }

    /**
     * The authority that is to take the place of {@link #authority()} one day: it signed what leads to {@link #crossSigned()},
     * and {@link #renewed()}.
     *
     * @return a PEM file with one certificate, signed by itself
     */
    public Path newAuthority() {
        return authorityNamed(NEW_AUTHORITY);
    }

    /**
     * A good certificate while authorities change, as the clouds have it for years: signed by an intermediate authority
     * of {@link #newAuthority()}, and shown with that one's certificate as {@link #authority()} signed it. A client that
     * trusts either one accepts it.
     *
     * @return the certificate with its key; the chain has the intermediate one and ends with the cross-signed one
     */
    public synchronized ServerCertificate crossSigned() {
        newAuthority();
        List<String> signing = new ArrayList<>(TEN_YEARS);
        signing.addAll(MAY_SIGN);
        return serverNamed(
                "cross-signed",
                LOCALHOST,
                TEN_YEARS,
                NEW_INTERMEDIATE,
                (keytool, store) -> List.of(
                        store.getCertificate("cross-signed"),
                        store.getCertificate(NEW_INTERMEDIATE),
                        keytool.crossSign(NEW_AUTHORITY, AUTHORITY, signing)));
    }

    private synchronized ClientCertificate clientNamed(String alias, String signer) {
        authority();
        return clients.computeIfAbsent(
                alias,
                a -> make(alias, () -> {
                    Keytool keytool = new Keytool(folder());
                    List<String> options = new ArrayList<>(TEN_YEARS);
                    options.addAll(List.of("-signer", signer, "-ext", FOR_CLIENTS));
                    keytool.generate(alias, "CN=app", options);
                    KeyStore store = keytool.keyStore();
                    return new ClientCertificate(
                            Pem.writeCertificates(
                                    folder().resolve(alias + ".pem"), List.of(store.getCertificateChain(alias))),
                            Pem.writePrivateKey(
                                    folder().resolve(alias + ".key"),
                                    store.getKey(alias, Keytool.PASSWORD.toCharArray())));
                }));
    }

    private synchronized Path authorityNamed(String alias) {
        Path known = authorities.get(alias);
        if (known == null) {
            known = make(alias, () -> {
                Keytool keytool = new Keytool(folder());
                List<String> options = new ArrayList<>(TEN_YEARS);
                options.addAll(MAY_SIGN);
                keytool.generate(alias, "CN=Lifebelt test " + alias.replace('-', ' '), options);
                return Pem.writeCertificates(
                        folder().resolve(alias + ".pem"),
                        List.of(keytool.keyStore().getCertificate(alias)));
            });
            authorities.put(alias, known);
        }
        return known;
    }

    private ServerCertificate serverNamed(String alias, String subject, List<String> validity) {
        return serverNamed(
                alias, subject, validity, AUTHORITY, (keytool, store) -> List.of(store.getCertificateChain(alias)));
    }

    private synchronized ServerCertificate serverNamed(
            String alias, String subject, List<String> validity, @Nullable String signer, ChainMaker chain) {
        authority();
        ServerCertificate known = servers.get(alias);
        if (known == null) {
            known = make(alias, () -> {
                Keytool keytool = new Keytool(folder());
                List<String> options = new ArrayList<>(validity);
                if (signer != null) {
                    if (signer.equals(NEW_INTERMEDIATE)) {
                        List<String> mayBeSigner = new ArrayList<>(TEN_YEARS);
                        mayBeSigner.addAll(MAY_SIGN);
                        mayBeSigner.addAll(List.of("-signer", NEW_AUTHORITY));
                        keytool.generate(NEW_INTERMEDIATE, "CN=Lifebelt test new intermediate", mayBeSigner);
                    }
                    options.addAll(List.of("-signer", signer));
                }
                options.addAll(List.of("-ext", subject, "-ext", FOR_SERVERS));
                keytool.generate(alias, "CN=Lifebelt test server", options);
                KeyStore store = keytool.keyStore();
                return new ServerCertificate(
                        Pem.writeCertificates(folder().resolve(alias + ".pem"), chain.make(keytool, store)),
                        Pem.writePrivateKey(
                                folder().resolve(alias + ".key"), store.getKey(alias, Keytool.PASSWORD.toCharArray())));
            });
            servers.put(alias, known);
        }
        return known;
    }

    /** What a server shows besides its own certificate. */
    private interface ChainMaker {
        List<Certificate> make(Keytool keytool, KeyStore store) throws IOException, GeneralSecurityException;
    }

    private Path folder() throws IOException {
        Path known = folder;
        if (known == null) {
            known = Files.createDirectory(
                    Workspace.get().unused("certificates"),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            folder = known;
        }
        return known;
    }

    private interface Maker<T> {
        T make() throws IOException, GeneralSecurityException;
    }

    private static <T> T make(String alias, Maker<T> maker) {
        try {
            return maker.make();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot make the test certificate " + alias + ": " + e.getMessage(), e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Cannot read the test certificate " + alias + ": " + e.getMessage(), e);
        }
    }

    /**
     * The two files a server is given.
     *
     * @param chain PEM file: the server's certificate, then its authority's
     * @param privateKey PEM file: the unencrypted PKCS#8 key, readable for this user only
     */
    public record ServerCertificate(Path chain, Path privateKey) {}

    /**
     * The two files a client shows itself with.
     *
     * @param chain PEM file: the client's certificate, then its authority's
     * @param privateKey PEM file: the unencrypted PKCS#8 key, readable for this user only
     */
    public record ClientCertificate(Path chain, Path privateKey) {}
}
