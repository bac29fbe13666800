package io.github.lifebelt.internal.credentials;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** When a secret expires, where it says so itself. Nothing is verified: that is the server's business. */
final class TokenExpiry {
    private static final Pattern JWT = Pattern.compile("[\\w-]+\\.([\\w-]+)\\.[\\w-]*");
    private static final Pattern EXP = Pattern.compile("\"exp\"\\s*:\\s*(\\d{1,11})\\b");
    // A login token of Amazon RDS is a signed request.
    private static final Pattern SIGNED_AT = Pattern.compile("[?&]X-Amz-Date=(\\d{8}T\\d{6})Z(?:&|$)");
    private static final Pattern SIGNED_FOR = Pattern.compile("[?&]X-Amz-Expires=(\\d{1,7})(?:&|$)");
    private static final DateTimeFormatter BASIC = DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss");

    private TokenExpiry() {}

    /** Null for a password, or for whatever else does not say. */
    static @Nullable Instant of(String secret) {
        Matcher jwt = JWT.matcher(secret);
        return jwt.matches() ? ofJwt(jwt.group(1)) : ofSignedRequest(secret);
    }

    private static @Nullable Instant ofJwt(String claims) {
        try {
            String json = new String(Base64.getUrlDecoder().decode(claims), StandardCharsets.UTF_8);
            Matcher exp = EXP.matcher(json);
            return json.startsWith("{") && exp.find() ? Instant.ofEpochSecond(Long.parseLong(exp.group(1))) : null;
        } catch (IllegalArgumentException e) {
            // A password with two dots in it.
            return null;
        }
    }

    private static @Nullable Instant ofSignedRequest(String secret) {
        Matcher at = SIGNED_AT.matcher(secret);
        Matcher seconds = SIGNED_FOR.matcher(secret);
        if (!at.find() || !seconds.find()) {
            return null;
        }
        try {
            return LocalDateTime.parse(at.group(1), BASIC)
                    .toInstant(ZoneOffset.UTC)
                    .plusSeconds(Long.parseLong(seconds.group(1)));
        } catch (DateTimeException e) {
            return null;
        }
    }
}
