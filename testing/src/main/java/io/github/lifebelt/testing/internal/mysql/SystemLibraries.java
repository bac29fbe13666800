package io.github.lifebelt.testing.internal.mysql;

import java.util.Map;

/** Which package brings a library that a server program does not bring itself. */
final class SystemLibraries {
    private static final Map<String, String> PACKAGES = Map.of(
            "libaio.so.1",
            "the package libaio1 (Debian up to 12, Ubuntu up to 22.04) or libaio (Fedora);"
                    + " newer ones have libaio1t64, whose libaio.so.1t64 needs a link named libaio.so.1",
            "libnuma.so.1",
            "the package libnuma1 (Debian, Ubuntu) or numactl-libs (Fedora)");

    private SystemLibraries() {}

    static String packageOf(String library) {
        return PACKAGES.getOrDefault(library, "the package that has it");
    }
}
