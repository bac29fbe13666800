package io.github.lifebelt;

/**
 * Something that was written for Lifebelt to read is wrong: a URL, a setting, a certificate file, a class path.
 *
 * <p>Thrown where the thing is written, before anything is sent anywhere. The message names the thing, its value (never
 * a secret), what is allowed and what to do.
 */
public final class ConfigurationException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    /** The stable code. */
    private final String code;

    /**
     * A refusal.
     *
     * @param code the stable code under which {@code ERRORS.md} explains it, for example {@code PORT_OUT_OF_RANGE}
     * @param message what is wrong, with what, and what is allowed; never a secret
     */
    public ConfigurationException(String code, String message) {
        super("[" + code + "] " + message);
        this.code = code;
    }

    /**
     * A refusal with a cause. Only for causes whose own text holds no secret.
     *
     * @param code the stable code
     * @param message what is wrong, with what, and what is allowed
     * @param cause what was met
     */
    public ConfigurationException(String code, String message, Throwable cause) {
        super("[" + code + "] " + message, cause);
        this.code = code;
    }

    /**
     * The stable code under which {@code ERRORS.md} explains the error.
     *
     * @return for example {@code UNKNOWN_PARAM}
     */
    public String code() {
        return code;
    }

    /**
     * The message without the code in brackets before it, for texts that have the code elsewhere.
     *
     * @return what is wrong, with what, and what is allowed; never a secret
     */
    public String detail() {
        return String.valueOf(getMessage()).substring("[] ".length() + code.length());
    }
}
