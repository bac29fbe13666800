package io.github.lifebelt.internal.credentials;

import io.github.lifebelt.security.CredentialsProvider.Credentials;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * A password or a token in a file, as orchestrators mount them. Read each time: a few microseconds, and whatever way the
 * file was exchanged (written over, renamed, behind a symbolic link), what is there now is what counts.
 */
public record SecretFile(@Nullable String user, Path path) implements Named {
    // More is no secret, but the wrong file.
    private static final int LONGEST = 1 << 16;

    @Override
    public Credentials get() throws SQLException {
        String secret = withoutLineBreak(read());
        if (secret.isEmpty()) {
            throw new SQLException("the file is empty");
        }
        return new Credentials(user, secret, TokenExpiry.of(secret));
    }

    private String read() throws SQLException {
        try (InputStream file = Files.newInputStream(path)) {
            byte[] bytes = file.readNBytes(LONGEST + 1);
            if (bytes.length > LONGEST) {
                throw new SQLException("the file is too long for a secret");
            }
            return new String(bytes, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new SQLException("the file cannot be read: " + e.getClass().getSimpleName(), e);
        }
    }

    /** One, because editors and {@code echo} leave one; another would be the secret's own. */
    private static String withoutLineBreak(String text) {
        if (text.endsWith("\r\n")) {
            return text.substring(0, text.length() - 2);
        }
        return text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
    }

    @Override
    public String description() {
        return "the secret file " + path;
    }

    @Override
    public String toString() {
        return description();
    }
}
