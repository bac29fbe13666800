package io.github.lifebelt.url;

import io.github.lifebelt.ConfigurationException;
import java.util.ArrayList;
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
 * @param source where the text was found, for a log line: which variables of the environment, and which were not used; null
 *     if it was given
 */
public record UrlReading(
        @Nullable Parts strict,
        List<Diagnosis> diagnoses,
        @Nullable Parts lenient,
        @Nullable ConfigurationException refusal,
        @Nullable DatabaseUrl url,
        @Nullable String source) {

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

        /**
         * Copies what can change.
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
        public Parts {
            hosts = List.copyOf(hosts);
            parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
        }

        @Override
        public String toString() {
            return "Parts[" + dialect + ", " + hosts.size() + " hosts, " + parameters.size() + " parameters]";
        }
    }

    /**
     * Copies what can change.
     *
     * @param strict by the rules of the format alone; null if these rules refuse the text
     * @param diagnoses what is remarkable or wrong, the most likely reason first
     * @param lenient what was probably meant, where the strict reading cannot be
     * @param refusal why no database can be reached by it, or null
     * @param url the meaning; null exactly if there is a refusal
     * @param source where the text was found, or null if it was given
     */
    public UrlReading {
        diagnoses = List.copyOf(diagnoses);
    }

    /** The reading of a text that was given. */
    UrlReading(
            @Nullable Parts strict,
            List<Diagnosis> diagnoses,
            @Nullable Parts lenient,
            @Nullable ConfigurationException refusal,
            @Nullable DatabaseUrl url) {
        this(strict, diagnoses, lenient, refusal, url, null);
    }

    /** Of what not even the parts are to be had. */
    static UrlReading refused(ConfigurationException refusal) {
        return new UrlReading(null, List.of(), null, refusal, null);
    }

    /** The same, found somewhere, with more to tell. */
    UrlReading from(String where, List<Diagnosis> more) {
        List<Diagnosis> all = new ArrayList<>(diagnoses);
        all.addAll(more);
        return new UrlReading(strict, all, lenient, refusal, url, where);
    }

    /** The same with a refusal that says where. */
    UrlReading refusedIn(String where) {
        if (refusal == null) {
            return this;
        }
        return new UrlReading(
                strict,
                diagnoses,
                lenient,
                new ConfigurationException(refusal.code(), where + ": " + refusal.detail()),
                null,
                source);
    }

    /** The same with what is given beside the text; null leaves what is there. */
    UrlReading with(@Nullable String user, @Nullable String password) {
        if (strict == null || url == null) {
            return this;
        }
        Parts filled = new Parts(
                strict.dialect,
                strict.hosts,
                strict.database,
                user == null ? strict.user : user,
                password == null ? strict.password : password,
                strict.sslMode,
                strict.sslRootCert,
                strict.options,
                strict.parameters);
        List<Diagnosis> all = Diagnoses.of(filled, diagnoses);
        try {
            Unresolved.refuse(filled);
        } catch (ConfigurationException e) {
            return new UrlReading(filled, all, lenient, e, null);
        }
        return new UrlReading(
                filled,
                all,
                lenient,
                null,
                url.toBuilder().user(filled.user).password(filled.password).build());
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
