package io.github.lifebelt.internal.tls;

import io.github.lifebelt.internal.tls.ClientCertificate.Identity;
import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * Shows the one certificate there is, as libpq does, whichever authorities the server names: if it is not among them, the
 * server's refusal says more than silence. Remembers that a server has asked.
 */
final class ClientKeys extends X509ExtendedKeyManager {

    private static final String ALIAS = "client";

    private final @Nullable Identity identity;
    private final Handshakes handshakes;

    ClientKeys(@Nullable Identity identity, Handshakes handshakes) {
        this.identity = identity;
        this.handshakes = handshakes;
    }

    private @Nullable String choose(String[] keyTypes) {
        handshakes.askedForCertificate();
        return identity != null
                        && Arrays.asList(keyTypes).contains(identity.key().getAlgorithm())
                ? ALIAS
                : null;
    }

    @Override
    public @Nullable String chooseClientAlias(
            String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return choose(keyTypes);
    }

    @Override
    public @Nullable String chooseEngineClientAlias(
            String[] keyTypes, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        return choose(keyTypes);
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(String alias) {
        return identity == null ? null : identity.chain().toArray(X509Certificate[]::new);
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(String alias) {
        return identity == null ? null : identity.key();
    }

    @Override
    public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
        return identity == null ? null : new String[] {ALIAS};
    }

    // There are no servers here.

    @Override
    public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
        return null;
    }

    @Override
    public @Nullable String chooseServerAlias(String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return null;
    }
}
