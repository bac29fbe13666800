package io.github.lifebelt.internal.doctor;

import java.util.HashMap;
import java.util.Map;

/**
 * What helps against each thing that the reading of connection strings, settings and files finds. Their own messages say
 * what is wrong and what is allowed; a finding wants one thing to do.
 */
final class ReadingFixes {

    private static final Map<String, String> FIXES = new HashMap<>();

    static {
        fix("set DATABASE_URL to the database's URL", "URL_MISSING", "EMPTY_VALUE");
        fix(
                "give the app's identity the right Get on secrets, let it through the vault's firewall, and restart the app",
                "KEYVAULT_REFERENCE_UNRESOLVED");
        fix("put the real value where the placeholder stands", "PLACEHOLDER_NOT_REPLACED");
        fix(
                "set the variable where this text is put together, or write its value instead of its name",
                "VARIABLE_NOT_EXPANDED");
        fix(
                "set the password again in single quotes, as %24 in a URI, as $$ in a compose file, or by Key Vault",
                "PASSWORD_SUSPICIOUSLY_SHORT");
        fix("set the variable that the password comes from", "EMPTY_PASSWORD");
        fix("write the '@' in user or password as %40", "UNENCODED_AT", "HOST_INVALID");
        fix("write the '/' in the password as %2F", "UNENCODED_SLASH");
        fix("write the '&' in the password as %26", "UNENCODED_AMPERSAND");
        fix("write the '%' as %25", "UNENCODED_PERCENT", "INVALID_PERCENT_ENCODING");
        fix("write it as %3F, %23, %5B, %5D or %20", "RESERVED_CHAR_UNENCODED");
        fix("put the password in quotes: Password='…'", "UNQUOTED_SEMICOLON", "ADONET_SYNTAX");
        fix("remove the blank or line break at the end; make secrets with printf %s", "TRAILING_WHITESPACE");
        fix(
                "remove what was copied along",
                "LEADING_WHITESPACE",
                "WRAPPED_QUOTES",
                "SMART_QUOTES",
                "BYTE_ORDER_MARK",
                "NON_BREAKING_SPACE");
        fix("write & instead of &amp;", "XML_ESCAPED");
        fix("give the connection string alone, without the command or name before it", "PASTED_COMMAND");
        fix("begin the URL with postgresql:// or mysql://", "UNKNOWN_SCHEME", "UNRECOGNISED_FORMAT", "WRONG_SCHEME");
        fix("name the database at the end of the URL: …/database", "DATABASE_MISSING");
        fix("write the user without what follows the '@'", "AZURE_SINGLE_SERVER_USERNAME", "USER_AT_SERVER");
        fix("write a number from 1 to 65535 behind the host's ':'", "PORT_NOT_NUMERIC", "PORT_OUT_OF_RANGE");
        fix("give user and password as ?user=…&password=…", "USERINFO_IN_JDBC_URL");
        fix("write sslMode=VERIFY_IDENTITY", "SSLMODE_MISSPELT");
        fix("write sslmode=verify-full", "INVALID_SSLMODE", "SSLMODE_TOO_WEAK");
        fix("take useSSL=false out, and write sslMode=VERIFY_IDENTITY", "TLS_DISABLED");
        fix(
                "set sslrootcert to the path of a readable PEM file with the root certificate",
                "SSL_ROOT_CERT_MISSING",
                "SSL_ROOT_CERT_UNREADABLE",
                "SSL_ROOT_CERT_INVALID");
        fix(
                "set sslcert to the path of a readable PEM or PKCS#12 file with the client's certificate",
                "SSL_CERT_MISSING",
                "SSL_CERT_UNREADABLE",
                "SSL_CERT_INVALID");
        fix(
                "set sslkey to the path of the readable key that belongs to the client's certificate",
                "SSL_KEY_MISSING",
                "SSL_KEY_UNREADABLE",
                "SSL_KEY_INVALID",
                "SSL_KEY_MISMATCH");
        fix("set sslpassword to the password of the key", "SSL_KEY_PASSWORD");
        fix("give a host name, or Google's connector as socketFactory", "UNSUPPORTED_HOST", "UNIX_SOCKET_HOST");
        fix("run Cloud SQL's proxy with a TCP port, and give that", "GCP_CLOUDSQL_SOCKET");
        fix("leave options=endpoint=… out: only Neon's servers know it", "ENDPOINT_OPTION");
        fix("leave the parameter out, or spell it as the message says", "UNKNOWN_PARAM", "UNSUPPORTED_PARAM");
        fix("give the setting a value that is allowed", "INVALID_SETTING", "INVALID_PARAM");
        fix("spell the setting as in the README's table of settings", "UNKNOWN_SETTING");
        fix("write connect_timeout as a whole number of seconds", "TIMEOUT_NOT_INTEGER");
        fix("set prepareThreshold=0 unless PgBouncer has max_prepared_statements", "PGBOUNCER_PORT");
        fix("use lifebelt.credentials=azure-entra instead of the plug-in", "ENTRA_TOKEN_AUTH");
        fix("add com.azure:azure-identity-extensions to the class path", "ENTRA_LIBRARY_MISSING");
        fix("remove all but one of them", "DUPLICATE_PARAM", "SEVERAL_DATABASES", "CONTRADICTING_VARIABLES");
        fix("put the password beside the host, in the same family of variables", "MIXED_VARIABLES");
        fix("set the variable with the host", "HOST_MISSING");
        fix("set ENVIRONMENT to a stage that has a database of its own", "STAGE_NOT_SET");
        fix("call the variable of the application by another name", "KUBERNETES_VARIABLE");
        fix("put Lifebelt's dialect for that database on the class path", "DIALECT_MISSING", "DIALECT_UNUSABLE");
    }

    private ReadingFixes() {}

    private static void fix(String fix, String... codes) {
        for (String code : codes) {
            FIXES.put(code, fix);
        }
    }

    static String of(String code) {
        return FIXES.getOrDefault(code, "correct that part of the connection string as ERRORS.md says for " + code);
    }
}
