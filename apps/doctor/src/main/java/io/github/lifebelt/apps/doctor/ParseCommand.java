package io.github.lifebelt.apps.doctor;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** One answer line for each question line, at once, so that a program may ask and wait. */
@Command(
        name = "parse",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = {
            "Reads JSON lines {\"id\":..,\"input\":\"..\"} or {\"id\":..,\"env\":{..}} from standard input and writes one"
                    + " JSON line for each: what the connection string means, or the code of what is wrong with it.",
            "Read are the URLs of PostgreSQL (postgresql://, postgres://, jdbc:postgresql://) and of MySQL and MariaDB"
                    + " (mysql://, mariadb://, jdbc:mysql://), libpq's key words (host=h dbname=d), the strings of ADO.NET"
                    + " (Server=h;Database=d), Go (user@tcp(h)/d), SQLAlchemy, Django and Rails, each by its own rules."
                    + " With \"dialectHint\":\"postgresql\" or \"mysql\" a question says what an ADO.NET string is for.",
            "An answer has \"expect\" with the parts as the format's own rules read them, \"refused\" where they lead to no"
                    + " database all the same, or \"error\" where the rules refuse the text; \"diagnosis\" has the codes of"
                    + " what is remarkable, and \"lenient\" what was probably meant.",
            "Environments are read as ConnectionPool.fromEnvironment() does; \"source\" says which variables counted."
        },
        footer = {"", "Exit code 0 when standard input has ended, whatever the lines were."})
final class ParseCommand implements Callable<Integer> {
    private final InputStream in;
    private final PrintWriter out;
    private final PrintWriter err;

    @Option(names = "--show-secrets", description = "Show passwords and the like as they are, not as \"***\".")
    private boolean showSecrets;

    ParseCommand(InputStream in, PrintWriter out, PrintWriter err) {
        this.in = in;
        this.out = out;
        this.err = err;
    }

    @Override
    public Integer call() {
        Questions questions = new Questions(new Reading(showSecrets));
        try {
            BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
            long number = 0;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                number++;
                if (!line.isBlank()) {
                    out.println(questions.answer(line, number));
                    if (out.checkError()) {
                        err.println("Standard output was closed.");
                        return CommandLine.ExitCode.SOFTWARE;
                    }
                }
            }
            return CommandLine.ExitCode.OK;
        } catch (IOException e) {
            err.println("Standard input cannot be read: " + e.getMessage());
            return CommandLine.ExitCode.SOFTWARE;
        }
    }
}
