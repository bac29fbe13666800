package io.github.lifebelt.internal.credentials;

import io.github.lifebelt.security.CredentialsProvider;
import io.github.lifebelt.security.CredentialsProvider.Credentials;

/** The URL's own: they never change, so nobody has to be asked. */
public record FixedCredentials(Credentials value) implements CredentialsProvider {

    @Override
    public Credentials get() {
        return value;
    }
}
