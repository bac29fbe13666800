package io.github.lifebelt.apps.service;

import io.github.lifebelt.ConfigurationException;
import io.github.lifebelt.url.DatabaseUrl;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/** What options may be. No complaint repeats a value: people paste URLs, with passwords, into any place. */
final class Options {
    private Options() {}

    /** Says what is wrong with the arguments; the exit code is picocli's for that. */
    static int explain(ParameterException failure, String[] arguments) {
        CommandLine command = failure.getCommandLine();
        PrintWriter err = command.getErr();
        err.println(failure instanceof UnmatchedArgumentException unmatched ? name(unmatched) : failure.getMessage());
        err.println("See --help.");
        return CommandLine.ExitCode.USAGE;
    }

    private static String name(UnmatchedArgumentException failure) {
        String first = failure.getUnmatched().get(0);
        return first.startsWith("-")
                ? "Unknown option " + first.replaceFirst("=.*", "")
                : "An argument is no option (it is not shown, it may hold a secret); a server is named by --url";
    }

    private static int between(String text, int least, int most) {
        try {
            int value = Integer.parseInt(text);
            if (value >= least && value <= most) {
                return value;
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw new TypeConversionException("it is a whole number from " + least + " to " + most);
    }

    /** Of {@code --threads}. */
    static final class Threads implements ITypeConverter<Integer> {
        @Override
        public Integer convert(String text) {
            return between(text, 0, 64);
        }
    }

    /** Of {@code --port}. */
    static final class Port implements ITypeConverter<Integer> {
        @Override
        public Integer convert(String text) {
            return between(text, 0, 65_535);
        }
    }

    /** Of {@code --database}. */
    static final class EmbeddedDatabase implements ITypeConverter<Database> {
        @Override
        public Database convert(String text) {
            return Arrays.stream(Database.values())
                    .filter(known -> known.label().equals(text))
                    .findFirst()
                    .orElseThrow(() -> new TypeConversionException("it is one of: "
                            + Arrays.stream(Database.values())
                                    .map(Database::label)
                                    .collect(Collectors.joining(", "))));
        }
    }

    /** Of {@code --url}. */
    static final class Url implements ITypeConverter<String> {
        @Override
        public String convert(String text) {
            try {
                DatabaseUrl.parse(text);
                return text;
            } catch (ConfigurationException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }
}
