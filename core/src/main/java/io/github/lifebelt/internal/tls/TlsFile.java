package io.github.lifebelt.internal.tls;

import io.github.lifebelt.ConfigurationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import org.jspecify.annotations.Nullable;

/**
 * A file that a URL names for TLS. What is wrong with it is said with the parameter's name and the path, never with what
 * is in the file: a wrong path may lead to a secret.
 *
 * @param parameter as it stands in the URL, for example {@code sslrootcert}
 * @param code the beginning of its error codes, for example {@code SSL_ROOT_CERT}
 * @param path absolute
 * @param allowed what it may be, for messages
 */
record TlsFile(String parameter, String code, Path path, String allowed) {

    /** What tells without reading that a file is another one. Kubernetes exchanges a link, so links are followed. */
    record Stamp(
            @Nullable FileTime modified,
            long size,
            @Nullable Object key) {
        private static final Stamp ABSENT = new Stamp(null, -1, null);
    }

    static TlsFile of(String parameter, String code, String file, String allowed) {
        if (file.contains("-----")) {
            // The text itself, as some platforms put it into a variable. It may be a key, so it is not shown.
            throw new ConfigurationException(
                    code + "_INVALID",
                    parameter + " is the text of a PEM file, and its path is wanted: write the text to a file that only"
                            + " this user can read");
        }
        try {
            return new TlsFile(parameter, code, Path.of(file).toAbsolutePath(), allowed);
        } catch (InvalidPathException e) {
            throw new ConfigurationException(
                    code + "_MISSING", parameter + " '" + file + "' is no path: " + e.getReason(), e);
        }
    }

    /** Never fails: what is not there is a state as well. */
    Stamp stamp() {
        try {
            BasicFileAttributes now = Files.readAttributes(path, BasicFileAttributes.class);
            return new Stamp(now.lastModifiedTime(), now.size(), now.fileKey());
        } catch (IOException e) {
            return Stamp.ABSENT;
        }
    }

    byte[] read() {
        if (!Files.exists(path)) {
            throw failure("_MISSING", "does not exist; allowed: " + allowed);
        }
        if (Files.isDirectory(path)) {
            throw failure("_UNREADABLE", "is a directory; allowed: " + allowed);
        }
        try {
            return Files.readAllBytes(path);
        } catch (IOException e) {
            throw new ConfigurationException(code + "_UNREADABLE", this + " cannot be read: " + e, e);
        }
    }

    /** About what is in it. */
    ConfigurationException invalid(byte[] content, String what) {
        return failure("_INVALID", "(" + content.length + " bytes) " + what);
    }

    ConfigurationException failure(String suffix, String what) {
        return new ConfigurationException(code + suffix, this + " " + what);
    }

    @Override
    public String toString() {
        return parameter + " " + path;
    }
}
