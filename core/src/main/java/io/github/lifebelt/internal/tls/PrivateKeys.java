package io.github.lifebelt.internal.tls;

import io.github.lifebelt.ConfigurationException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Reads a private key as OpenSSL writes it: PKCS#8, plain or encrypted, and the older forms for RSA and elliptic curves,
 * in PEM or DER.
 */
final class PrivateKeys {

    private static final String PKCS8 = "PRIVATE KEY";
    private static final String ENCRYPTED = "ENCRYPTED PRIVATE KEY";
    private static final String PKCS1 = "RSA PRIVATE KEY";
    private static final String SEC1 = "EC PRIVATE KEY";

    private static final int SEQUENCE = 0x30;
    private static final int INTEGER = 0x02;
    private static final int OCTETS = 0x04;
    private static final byte[] VERSION_0 = {INTEGER, 1, 0};

    private final TlsFile file;
    private final byte[] content;
    private final PublicKey counterpart;
    private final @Nullable String password;

    private PrivateKeys(TlsFile file, byte[] content, PublicKey counterpart, @Nullable String password) {
        this.file = file;
        this.content = content;
        this.counterpart = counterpart;
        this.password = password;
    }

    /**
     * Reads the one key of a file.
     *
     * @param counterpart the certificate's key, which says what the older forms leave out
     * @throws ConfigurationException that has nothing of the content
     */
    static PrivateKey read(TlsFile file, byte[] content, PublicKey counterpart, @Nullable String password) {
        return new PrivateKeys(file, content, counterpart, password).read();
    }

    static boolean isKey(Pem.Block block) {
        return block.label().endsWith(PKCS8);
    }

    private PrivateKey read() {
        List<Pem.Block> keys =
                Pem.blocks(content).stream().filter(PrivateKeys::isKey).toList();
        if (keys.size() > 1) {
            throw file.invalid(content, "holds " + keys.size() + " private keys; allowed: one");
        }
        if (!keys.isEmpty()) {
            return ofPem(keys.get(0));
        }
        if (content.length > 0 && content[0] == SEQUENCE) {
            // An encrypted key begins with how it is encrypted, a plain one with a version.
            return tagInside(content) == SEQUENCE ? decrypted(content) : pkcs8(content);
        }
        throw invalid();
    }

    private PrivateKey ofPem(Pem.Block block) {
        if (block.headers()) {
            throw file.invalid(
                    content,
                    "is encrypted in OpenSSL's old way ('Proc-Type: 4,ENCRYPTED'), which is not supported; convert it:"
                            + " openssl pkcs8 -topk8 -in <old> -out <new>");
        }
        return switch (block.label()) {
            case PKCS8 -> pkcs8(block.der());
            case ENCRYPTED -> decrypted(block.der());
            case PKCS1 -> old("RSA", block.der());
            case SEC1 -> old("EC", block.der());
            default -> throw file.invalid(content, "holds a key in a form that is not supported: " + block.label());
        };
    }

    /** Puts PKCS#8 around it. Which algorithm, and which curve, stands in the certificate in the same words. */
    private PrivateKey old(String algorithm, byte[] der) {
        if (!counterpart.getAlgorithm().equals(algorithm)) {
            throw mismatch(file);
        }
        byte[] spki = counterpart.getEncoded();
        int begin = contentBegin(spki, 0);
        int end = contentBegin(spki, begin) + contentLength(spki, begin);
        byte[] algorithmId = Arrays.copyOfRange(spki, begin, end);
        return pkcs8(der(SEQUENCE, VERSION_0, algorithmId, der(OCTETS, der)));
    }

    private PrivateKey pkcs8(byte[] der) {
        // The certificate's own algorithm first; another one is no match, and is better called that than invalid.
        for (String algorithm : new String[] {counterpart.getAlgorithm(), "RSA", "EC", "EdDSA", "RSASSA-PSS"}) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
            } catch (InvalidKeySpecException | NoSuchAlgorithmException e) {
                // The next one, then.
            }
        }
        throw invalid();
    }

    private PrivateKey decrypted(byte[] der) {
        if (password == null) {
            throw file.failure("_PASSWORD", "is encrypted, and no sslpassword is given");
        }
        EncryptedPrivateKeyInfo info;
        String algorithm;
        try {
            info = new EncryptedPrivateKeyInfo(der);
            AlgorithmParameters parameters = info.getAlgParameters();
            // The name of PBES2 is that of a scheme; which ciphers are in it only the parameters say.
            String inside = parameters == null ? "" : String.valueOf(parameters);
            algorithm = inside.startsWith("PBEWith") ? inside : info.getAlgName();
            SecretKeyFactory.getInstance(algorithm);
        } catch (IOException | NoSuchAlgorithmException e) {
            throw file.invalid(
                    content,
                    "is encrypted in a way that this JDK does not know; convert it: openssl pkcs8 -topk8 -v2 aes-256-cbc"
                            + " -in <old> -out <new>");
        }
        PBEKeySpec secret = new PBEKeySpec(password.toCharArray());
        try {
            Cipher cipher = Cipher.getInstance(algorithm);
            cipher.init(
                    Cipher.DECRYPT_MODE,
                    SecretKeyFactory.getInstance(algorithm).generateSecret(secret),
                    info.getAlgParameters());
            return pkcs8(info.getKeySpec(cipher).getEncoded());
        } catch (GeneralSecurityException | ConfigurationException e) {
            // A wrong password shows as broken padding, and now and then as a key that is none.
            throw wrongPassword(file);
        } finally {
            secret.clearPassword();
        }
    }

    static ConfigurationException wrongPassword(TlsFile file) {
        return file.failure("_PASSWORD", "cannot be decrypted with the password that is given for it");
    }

    static ConfigurationException mismatch(TlsFile file) {
        return file.failure("_MISMATCH", "is not the key of the client's certificate");
    }

    private ConfigurationException invalid() {
        return file.invalid(content, "is no private key, or is cut off; allowed: " + file.allowed());
    }

    // ------------------------------------------------------------------------------------------------ DER

    /** The type of what the outermost element begins with, or -1. */
    static int tagInside(byte[] der) {
        int begin = contentBegin(der, 0);
        return begin < der.length ? der[begin] : -1;
    }

    private static int contentBegin(byte[] der, int at) {
        int length = at + 1 < der.length ? der[at + 1] : 0;
        return at + 2 + (length < 0 ? length & 0x7f : 0);
    }

    private static int contentLength(byte[] der, int at) {
        int length = der[at + 1];
        if (length >= 0) {
            return length;
        }
        int value = 0;
        for (int i = at + 2; i < contentBegin(der, at); i++) {
            value = (value << 8) | (der[i] & 0xff);
        }
        return value;
    }

    private static byte[] der(int tag, byte[]... parts) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            body.writeBytes(part);
        }
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.write(tag);
        int length = body.size();
        if (length < 0x80) {
            all.write(length);
        } else {
            List<Integer> bytes = new ArrayList<>();
            for (int left = length; left > 0; left >>= 8) {
                bytes.add(0, left & 0xff);
            }
            all.write(0x80 | bytes.size());
            bytes.forEach(all::write);
        }
        all.writeBytes(body.toByteArray());
        return all.toByteArray();
    }
}
