package io.github.lifebelt.internal.tls;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The blocks of a PEM file. The JDK reads certificates from one, and keys not at all. */
final class Pem {

    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]{1,64})-----\\s(.*?)-----END \\1-----", Pattern.DOTALL);
    // OpenSSL's own encryption, older than PKCS#8, has its parameters in such lines.
    private static final Pattern HEADER = Pattern.compile("(?m)^[A-Za-z-]+:.*$");

    private Pem() {}

    /**
     * One block.
     *
     * @param label what stands after BEGIN
     * @param headers whether there are header lines, which only encrypted keys of the old kind have
     * @param der the content, empty if it is not Base64
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Block(String label, boolean headers, byte[] der) {}

    static List<Block> blocks(byte[] content) {
        List<Block> found = new ArrayList<>();
        Matcher matcher = BLOCK.matcher(new String(content, StandardCharsets.ISO_8859_1));
        while (matcher.find()) {
            String body = matcher.group(2);
            boolean headers = HEADER.matcher(body).find();
            found.add(new Block(matcher.group(1), headers, headers ? new byte[0] : decoded(body)));
        }
        return found;
    }

    private static byte[] decoded(String base64) {
        try {
            return Base64.getMimeDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            return new byte[0];
        }
    }
}
