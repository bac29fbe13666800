import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.annotation.processing.AbstractProcessor;
import javax.annotation.processing.RoundEnvironment;
import javax.lang.model.SourceVersion;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.TypeElement;
import javax.lang.model.type.TypeKind;
import javax.lang.model.type.TypeMirror;
import javax.lang.model.util.ElementFilter;
import javax.lang.model.util.Elements;
import javax.lang.model.util.Types;
import javax.tools.ToolProvider;

/**
 * Writes the abstract classes that forward every JDBC method to a delegate, so that a lease overrides only the few
 * methods it has something to say about. Six interfaces and several hundred methods are no work for hands, and a method
 * forgotten there would be a way around the lease.
 *
 * <p>The build runs this file with {@code java JdbcForwardingGenerator.java <output folder>} before it compiles. The
 * compiler, asked for release 17, is what shows us the interfaces: reflection would show those of the JDK that happens to
 * run the build, and a newer one's methods have no place in classes for 17.
 */
public final class JdbcForwardingGenerator {
    private static final String PACKAGE = "io.github.lifebelt.internal.jdbc";
    private static final String SQL_EXCEPTION = "java.sql.SQLException";
    private static final String CLIENT_INFO_EXCEPTION = "java.sql.SQLClientInfoException";

    /**
     * Each interface of the family. One that extends another of the family needs nothing but forwarding on top of the
     * lease's class for that one, so its class is written whole.
     */
    private record Face(String name, String parent) {
        String className() {
            return (parent == null ? "Forwarding" : "Lease") + name;
        }
    }

    private static final List<Face> FAMILY = List.of(
            new Face("Connection", null),
            new Face("Statement", null),
            new Face("PreparedStatement", "Statement"),
            new Face("CallableStatement", "PreparedStatement"),
            new Face("ResultSet", null),
            new Face("DatabaseMetaData", null));

    private static final Set<String> WRAPPED =
            FAMILY.stream().map(face -> "java.sql." + face.name()).collect(Collectors.toSet());

    private JdbcForwardingGenerator() {}

    public static void main(String[] args) throws IOException {
        if (args.length != 1) {
            System.err.println("usage: java JdbcForwardingGenerator.java <output folder>");
            System.exit(2);
        }
        Path folder = Path.of(args[0]).resolve(PACKAGE.replace('.', '/'));
        for (Map.Entry<String, String> file : generate().entrySet()) {
            write(folder.resolve(file.getKey() + ".java"), file.getValue());
        }
    }

    /** Class name to source text. */
    private static Map<String, String> generate() {
        Reader reader = new Reader();
        // -proc:only: nothing is compiled; the class named here is only there because the compiler asks for one.
        var task = ToolProvider.getSystemJavaCompiler()
                .getTask(
                        null,
                        null,
                        null,
                        List.of("--release", "17", "-proc:only"),
                        List.of("java.sql.Connection"),
                        null);
        task.setProcessors(List.of(reader));
        if (!task.call() || reader.sources == null) {
            throw new IllegalStateException("the compiler did not show the JDBC interfaces");
        }
        return reader.sources;
    }

    /** Leaves an equal file alone, or the compiler would find it changed and build everything again. */
    private static void write(Path file, String text) throws IOException {
        if (Files.exists(file) && Files.readString(file).equals(text)) {
            return;
        }
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    /** Annotation processors are what the compiler shows its view of classes to; there is no annotation to process. */
    private static final class Reader extends AbstractProcessor {
        private Map<String, String> sources;

        @Override
        public Set<String> getSupportedAnnotationTypes() {
            return Set.of("*");
        }

        @Override
        public SourceVersion getSupportedSourceVersion() {
            return SourceVersion.latestSupported();
        }

        @Override
        public boolean process(Set<? extends TypeElement> annotations, RoundEnvironment round) {
            if (sources == null) {
                Writer writer = new Writer(processingEnv.getElementUtils(), processingEnv.getTypeUtils());
                sources = FAMILY.stream().collect(Collectors.toMap(Face::className, writer::face));
                sources.put("ForwardingBase", writer.base());
            }
            return false;
        }
    }

    private record Writer(Elements elements, Types types) {
        private static final String HEAD = """
                // generated; see core/src/build
                package %s;

                import org.jspecify.annotations.NullUnmarked;

                @NullUnmarked
                @SuppressWarnings({"deprecation", "all"})
                """.formatted(PACKAGE);

        /** The hooks, once for all: what a lease overrides to count, to refuse, to judge and to keep the family closed. */
        String base() {
            StringBuilder out = new StringBuilder(HEAD).append("""
                    abstract class ForwardingBase {
                        /** Called before anything is forwarded; may refuse. */
                        void enter() throws java.sql.SQLException {}

                        /** Called with the text of a statement before it is made or executed. */
                        void statement(String sql) {}

                        /** Called with every failure of the delegate; what it returns is thrown. */
                        java.sql.SQLException failed(java.sql.SQLException e) {
                            return e;
                        }

                        /** {@code setClientInfo} may throw nothing else. */
                        static java.sql.SQLClientInfoException asClientInfo(java.sql.SQLException e) {
                            return new java.sql.SQLClientInfoException(
                                    e.getMessage(), e.getSQLState(), e.getErrorCode(), java.util.Map.of(), e);
                        }
                    """);
            for (Face face : FAMILY) {
                out.append("""

                            /** Called with what the delegate returned, never with null. */
                            java.sql.%s wrap(java.sql.%s delegate) throws java.sql.SQLException {
                                return delegate;
                            }
                        """.formatted(face.name(), face.name()));
            }
            return out.append("}\n").toString();
        }

        String face(Face face) {
            StringBuilder out =
                    new StringBuilder(HEAD).append(face.parent() == null ? abstractHead(face) : wholeHead(face));
            Set<String> done = face.parent() == null
                    ? Set.of()
                    : methods(face.parent()).stream().map(this::signature).collect(Collectors.toSet());
            for (ExecutableElement method : methods(face.name())) {
                if (!done.contains(signature(method))) {
                    out.append('\n').append(method(method));
                }
            }
            return out.append("}\n").toString();
        }

        /** A connection is the lease, or the slot under it; everything else is made from a lease and belongs to it. */
        private static String abstractHead(Face face) {
            boolean connection = face.name().equals("Connection");
            return """
                    abstract class %1$s extends %2$s implements java.sql.%3$s {%4$s
                        abstract java.sql.%3$s delegate() throws java.sql.SQLException;
                    """.formatted(
                    face.className(),
                    connection ? "ForwardingBase" : "LeaseMember",
                    face.name(),
                    connection ? "" : "\n    " + face.className() + "(Lease lease) {\n        super(lease);\n    }\n");
        }

        private static String wholeHead(Face face) {
            return """
                    class %1$s extends Lease%2$s implements java.sql.%3$s {
                        %1$s(Lease lease, java.sql.%3$s delegate) {
                            super(lease, delegate);
                        }

                        @Override
                        java.sql.%3$s delegate() {
                            return (java.sql.%3$s) super.delegate();
                        }
                    """.formatted(face.className(), face.parent(), face.name());
        }

        /** All instance methods, inherited ones and defaults too; sorted, since compilers differ in their order. */
        private List<ExecutableElement> methods(String name) {
            List<ExecutableElement> all = new ArrayList<>(
                    ElementFilter.methodsIn(elements.getAllMembers(elements.getTypeElement("java.sql." + name))));
            all.removeIf(method -> method.getModifiers().contains(Modifier.STATIC)
                    || method.getEnclosingElement().toString().equals("java.lang.Object"));
            all.sort(Comparator.comparing(this::signature));
            return all;
        }

        private String signature(ExecutableElement method) {
            return method.getParameters().stream()
                    .map(parameter -> types.erasure(parameter.asType()).toString())
                    .collect(Collectors.joining(",", method.getSimpleName() + "(", ")"));
        }

        private String method(ExecutableElement method) {
            List<String> thrown =
                    method.getThrownTypes().stream().map(TypeMirror::toString).toList();
            String head = "    @Override\n    public " + head(method, thrown) + " {\n";
            String body = switch (String.join(",", thrown)) {
                case CLIENT_INFO_EXCEPTION -> clientInfoBody(method);
                case "" -> silentBody(method);
                case SQL_EXCEPTION -> body(method);
                default -> throw new IllegalStateException("no way to forward " + method + " throws " + thrown);
            };
            return head + body.indent(8) + "    }\n";
        }

        private static String head(ExecutableElement method, List<String> thrown) {
            String variables = method.getTypeParameters().isEmpty()
                    ? ""
                    : method.getTypeParameters().stream()
                            .map(Object::toString)
                            .collect(Collectors.joining(", ", "<", "> "));
            String parameters = IntStream.range(0, method.getParameters().size())
                    .mapToObj(i -> method.getParameters().get(i).asType() + " a" + i)
                    .collect(Collectors.joining(", "));
            return variables + method.getReturnType() + " " + method.getSimpleName() + "(" + parameters + ")"
                    + (thrown.isEmpty() ? "" : " throws " + String.join(", ", thrown));
        }

        private static String body(ExecutableElement method) {
            return """
                    enter();
                    %stry {
                    %s\
                    } catch (java.sql.SQLException e) {
                        throw failed(e);
                    }
                    """.formatted(
                            takesStatement(method) ? "statement(a0);\n" : "",
                            forward(method).indent(4));
        }

        /** {@code prepareStatement(sql)}, {@code executeQuery(sql)} and their like. */
        private static boolean takesStatement(ExecutableElement method) {
            String name = method.getSimpleName().toString();
            return (name.startsWith("prepare") || name.startsWith("execute"))
                    && !method.getParameters().isEmpty()
                    && method.getParameters().get(0).asType().toString().equals("java.lang.String");
        }

        private static String forward(ExecutableElement method) {
            // What stands outside is asked first, and what is below only if that is not it.
            switch (method.getSimpleName().toString()) {
                case "unwrap":
                    return "return a0.isInstance(this) ? a0.cast(this) : delegate().unwrap(a0);";
                case "isWrapperFor":
                    return "return a0.isInstance(this) || delegate().isWrapperFor(a0);";
                default:
            }
            TypeMirror type = method.getReturnType();
            if (type.getKind() == TypeKind.VOID) {
                return call(method) + ";";
            }
            if (WRAPPED.contains(type.toString())) {
                return type + " result = " + call(method) + ";\nreturn result == null ? null : wrap(result);";
            }
            return "return " + call(method) + ";";
        }

        private static String call(ExecutableElement method) {
            return IntStream.range(0, method.getParameters().size())
                    .mapToObj(i -> "a" + i)
                    .collect(Collectors.joining(", ", "delegate()." + method.getSimpleName() + "(", ")"));
        }

        /** Two methods may throw only this subclass: whatever else fails on their way is put into one. */
        private static String clientInfoBody(ExecutableElement method) {
            return """
                    try {
                        enter();
                    } catch (java.sql.SQLException e) {
                        throw asClientInfo(e);
                    }
                    try {
                        %s;
                    } catch (java.sql.SQLClientInfoException e) {
                        failed(e);
                        throw e;
                    } catch (java.sql.SQLException e) {
                        throw asClientInfo(failed(e));
                    }
                    """.formatted(call(method));
        }

        /** The driver's version numbers may throw nothing that is checked. */
        private static String silentBody(ExecutableElement method) {
            return """
                    try {
                        enter();
                        return %s;
                    } catch (java.sql.SQLException e) {
                        throw new IllegalStateException(e);
                    }
                    """.formatted(call(method));
        }
    }
}
