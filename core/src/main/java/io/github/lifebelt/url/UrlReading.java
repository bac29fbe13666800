package io.github.lifebelt.url;

import io.github.lifebelt.ConfigurationException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a connection string says by the rules of its own format, also where that leads nowhere, and what is wrong with
 * it. {@link DatabaseUrl#parse} is the short way to the URL alone.
 *
 * <p>Immutable. Only {@link Parts#password()} and the parameters that carry secrets show one; no {@link Object#toString()}
 * does.
 *
 * @param strict by the rules of the format alone; null if these rules refuse the text
 * @param diagnoses what is remarkable or wrong, the most likely reason first
 * @param lenient what was probably meant, where the strict reading cannot be; never taken in silence
 * @param refusal why no database can be reached by it, or null
 * @param url the meaning; null exactly if there is a refusal
 */
public record UrlReading(
        @Nullable Parts strict,
        List<Diagnosis> diagnoses,
        @Nullable Parts lenient,
        @Nullable ConfigurationException refusal,
        @Nullable DatabaseUrl url) {

    /**
     * Something to tell whoever wrote the text.
     *
     * @param code the stable code under which {@code ERRORS.md} explains it
     * @param message what was found, and what to do; never a secret
     */
    public record Diagnosis(String code, String message) {}

    /**
     * A host as it stands in the text.
     *
     * @param name decoded, without brackets
     * @param port as it stands there, number or not; null if none does
     */
    public record HostText(String name, @Nullable String port) {}

    /**
     * The parts as the format has them. What is not there is null.
     *
     * @param dialect the family, for example {@code postgresql}
     * @param hosts in order
     * @param database decoded
     * @param user decoded
     * @param password decoded
     * @param sslMode in libpq's words where it is one of them, else as it stands in the text
     * @param sslRootCert a path
     * @param options of libpq
     * @param parameters all others, under the format's names, in order
     */
    public record Parts(
            String dialect,
            List<HostText> hosts,
            @Nullable String database,
            @Nullable String user,
            @Nullable String password,
            @Nullable String sslMode,
            @Nullable String sslRootCert,
            @Nullable String options,
            Map<String, String> parameters) {

        /** Copies what can change. */
        public Parts {
            hosts = List.copyOf(hosts);
            parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
        }

        @Override
        public String toString() {
            return "Parts[" + dialect + ", " + hosts.size() + " hosts, " + parameters.size() + " parameters]";
        }
    }

    /** Copies what can change. */
    public UrlReading {
        diagnoses = List.copyOf(diagnoses);
    }

    /**
     * The meaning.
     *
     * @return what {@link DatabaseUrl#parse} returns
     * @throws ConfigurationException if no database can be reached by the text
     */
    public DatabaseUrl get() {
        if (refusal != null || url == null) {
            throw refusal == null ? new IllegalStateException("neither a URL nor a refusal") : refusal;
        }
        return url;
    }

    @Override
    public String toString() {
        return "UrlReading[" + (refusal == null ? url : refusal.code()) + ", " + diagnoses + "]";
    }
}
