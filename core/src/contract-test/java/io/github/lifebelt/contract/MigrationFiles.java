package io.github.lifebelt.contract;

import io.github.lifebelt.migration.Migrations;
import io.github.lifebelt.migration.Migrations.ChangeLog;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/** One schema's migrations in a folder of the test's own, in files that both tools read. */
public final class MigrationFiles {

    /** The tools. */
    public enum Tool {
        FLYWAY,
        LIQUIBASE
    }

    /** Those that an application brings along. */
    public static final List<String> NAMES = List.of(
            "V1__patients",
            "V2__medical_records",
            "V3__records_of_patients",
            "V4__patient_number",
            "V5__records_by_day",
            "V6__born_on",
            "V7__add_uuid",
            "V8__uuid_is_unique");

    private final Tool tool;
    private final Path folder;

    public MigrationFiles(Tool tool, Path folder) throws IOException {
        this.tool = tool;
        this.folder = folder;
        Files.createDirectories(folder.resolve("changes"));
        Files.write(folder.resolve("changelog.xml"), resource("changelog.xml"));
        for (String name : NAMES) {
            add("changes", name);
        }
    }

    private static byte[] resource(String path) throws IOException {
        try (InputStream in = MigrationFiles.class.getResourceAsStream("/migrations/" + path)) {
            return Objects.requireNonNull(in, path).readAllBytes();
        }
    }

    public void add(String from, String name) throws IOException {
        Files.write(file(name), resource(from + "/" + name + ".sql"));
    }

    public void write(String name, String sql) throws IOException {
        Files.writeString(file(name), "-- liquibase formatted sql\n-- changeset kim:" + name + "\n" + sql + "\n");
    }

    public void replace(String name, String old, String other) throws IOException {
        Files.writeString(file(name), Files.readString(file(name)).replace(old, other));
    }

    public void remove(String name) throws IOException {
        Files.delete(file(name));
    }

    private Path file(String name) {
        return folder.resolve("changes").resolve(name + ".sql");
    }

    public Migrations migrations() {
        return tool == Tool.FLYWAY
                ? Migrations.flyway(flyway -> flyway.locations("filesystem:" + folder.resolve("changes")))
                : Migrations.liquibase(changeLog());
    }

    public ChangeLog changeLog() {
        return ChangeLog.at("changelog.xml").in(folder);
    }

    /** As the tool calls it. */
    public String named(String name) {
        return tool == Tool.FLYWAY ? name : "changes/" + name + ".sql::" + name + "::kim";
    }

    public List<String> allNamed() {
        return NAMES.stream().map(this::named).toList();
    }
}
