package io.logpipeline;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** What a process does. */
enum Role {
    /** POST /log. */
    API(true, false),
    /** Drains lists to day files. */
    DRAINER(false, true),
    /** Both. */
    ALL(true, true),
    /** Both, with a Redis of its own, to try things out. */
    DEMO(true, true);

    private final boolean ingests;
    private final boolean drains;

    Role(boolean ingests, boolean drains) {
        this.ingests = ingests;
        this.drains = drains;
    }

    boolean ingests() {
        return ingests;
    }

    boolean drains() {
        return drains;
    }

    /** The name on the command line. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<Role> of(String word) {
        return Arrays.stream(values()).filter(role -> role.word().equals(word)).findFirst();
    }

    static String words() {
        return Arrays.stream(values()).map(Role::word).collect(Collectors.joining(", "));
    }
}
