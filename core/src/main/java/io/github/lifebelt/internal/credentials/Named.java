package io.github.lifebelt.internal.credentials;

import io.github.lifebelt.security.CredentialsProvider;

/** A supplier that can be named in logs and errors. */
interface Named extends CredentialsProvider {

    /** For a sentence, without anything that may be a secret. */
    String description();

    /** Somebody else's {@code toString()} may show what it holds, so those are called by their class. */
    static String of(CredentialsProvider provider) {
        if (provider instanceof Named named) {
            return named.description();
        }
        String name = provider.getClass().getName();
        int lambda = name.indexOf("$$Lambda");
        return "the credentials provider of " + (lambda < 0 ? name : name.substring(0, lambda));
    }
}
