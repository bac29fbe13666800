package io.github.lifebelt.internal.credentials;

import io.github.lifebelt.ConfigurationException;
import io.github.lifebelt.security.CredentialsProvider.Credentials;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import org.jspecify.annotations.Nullable;

/**
 * Access tokens of Microsoft Entra by Azure's own library, which knows all the ways to an identity: managed identities,
 * workload identities, service principals, a developer's login. Called through method handles: 30 jars are not to be
 * forced on whoever needs none of them.
 */
public final class EntraTokens implements Named {
    /** The databases of the public cloud. */
    public static final String PUBLIC_SCOPE = "https://ossrdbms-aad.database.windows.net/.default";

    private static final String LIBRARY = "com.azure:azure-identity-extensions:1.2.9";

    private final String user;
    private final String scope;
    private final MethodHandle newRequest;
    private final MethodHandle addScopes;
    private final MethodHandle getToken;
    private final MethodHandle text;
    private final MethodHandle expiresAt;
    private final Object credential;

    private EntraTokens(String user, String scope, Library library) throws Throwable {
        this.user = user;
        this.scope = scope;
        Class<?> request = library.type("com.azure.core.credential.TokenRequestContext");
        Class<?> token = library.type("com.azure.core.credential.AccessToken");
        Class<?> source = library.type("com.azure.core.credential.TokenCredential");
        Class<?> builder = library.type("com.azure.identity.DefaultAzureCredentialBuilder");
        Class<?> standard = library.type("com.azure.identity.DefaultAzureCredential");
        MethodHandles.Lookup lookup = MethodHandles.publicLookup();
        newRequest = lookup.findConstructor(request, MethodType.methodType(void.class));
        addScopes = lookup.findVirtual(request, "addScopes", MethodType.methodType(request, String[].class))
                .asFixedArity();
        getToken = lookup.findVirtual(source, "getTokenSync", MethodType.methodType(token, request));
        text = lookup.findVirtual(token, "getToken", MethodType.methodType(String.class));
        expiresAt = lookup.findVirtual(token, "getExpiresAt", MethodType.methodType(OffsetDateTime.class));
        MethodHandle newBuilder = lookup.findConstructor(builder, MethodType.methodType(void.class));
        credential = lookup.findVirtual(builder, "build", MethodType.methodType(standard))
                .invoke(newBuilder.invoke());
    }

    /** Finds the library and asks nobody yet. */
    public static EntraTokens of(String user, String scope) {
        try {
            return new EntraTokens(
                    user, scope, new Library(Thread.currentThread().getContextClassLoader()));
        } catch (ClassNotFoundException | NoClassDefFoundError | NoSuchMethodException | IllegalAccessException e) {
            throw new ConfigurationException(
                    "ENTRA_LIBRARY_MISSING",
                    "credentials from Microsoft Entra need Azure's library beside Lifebelt, and " + e.getMessage()
                            + " was not found: add the dependency " + LIBRARY);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("Azure's library has refused its default credential", e);
        }
    }

    /** The scope of the cloud to which a host belongs. */
    static String scopeFor(String host) {
        if (host.endsWith(".chinacloudapi.cn")) {
            return "https://ossrdbms-aad.database.chinacloudapi.cn/.default";
        }
        if (host.endsWith(".usgovcloudapi.net")) {
            return "https://ossrdbms-aad.database.usgovcloudapi.net/.default";
        }
        return PUBLIC_SCOPE;
    }

    @Override
    public Credentials get() throws SQLException {
        try {
            Object request = addScopes.invoke(newRequest.invoke(), new String[] {scope});
            Object token = getToken.invoke(credential, request);
            OffsetDateTime end = (OffsetDateTime) expiresAt.invoke(token);
            Instant until = end == null ? null : end.toInstant();
            return new Credentials(user, (String) text.invoke(token), until);
        } catch (Throwable e) {
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            throw new SQLException(e.getClass().getSimpleName() + ": " + e.getMessage(), e);
        }
    }

    @Override
    public String description() {
        return "Microsoft Entra (azure-identity)";
    }

    @Override
    public String toString() {
        return description();
    }

    /** The application's class loader first: Lifebelt may stand above the library. */
    private record Library(@Nullable ClassLoader application) {
        Class<?> type(String name) throws ClassNotFoundException {
            if (application != null) {
                try {
                    return Class.forName(name, false, application);
                } catch (ClassNotFoundException e) {
                    return Class.forName(name);
                }
            }
            return Class.forName(name);
        }
    }
}
