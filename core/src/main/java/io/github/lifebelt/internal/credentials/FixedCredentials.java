package io.github.lifebelt.internal.credentials;

import io.github.lifebelt.security.Credentials;
import io.github.lifebelt.security.CredentialsProvider;

/** The URL's own: they never change, so nobody has to be asked. */
public record FixedCredentials(Credentials value) implements CredentialsProvider {

    @Override
    public Credentials get() {
        return value;
    }
}
