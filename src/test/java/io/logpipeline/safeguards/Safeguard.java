package io.logpipeline.safeguards;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A piece of production code that is there for safety, and what is left when it is taken out.
 *
 * @param name unique in the list
 * @param protects what is kept true by it, in one sentence
 * @param file under the root package, such as {@code file/Tail.java} or {@code redis/push.lua}
 * @param code occurs exactly once in the file, else the list is out of date
 * @param without what stands in its place in the mutant
 * @param killers tests, of which one has to fail: {@code room.Class} or {@code room.Class#method}
 */
record Safeguard(
        String name,
        String protects,
        String file,
        String code,
        String without,
        List<String> killers) {
    private static final Path JAVA = Path.of("src/main/java/io/logpipeline");
    private static final Path RESOURCES = Path.of("src/main/resources/io/logpipeline");

    Safeguard(
            String name,
            String protects,
            String file,
            String code,
            String without,
            String... killers) {
        this(name, protects, file, code, without, List.of(killers));
    }

    boolean isJava() {
        return file.endsWith(".java");
    }

    String source() {
        try {
            return Files.readString((isJava() ? JAVA : RESOURCES).resolve(file));
        } catch (IOException missing) {
            throw new UncheckedIOException(name + ": its file is gone", missing);
        }
    }

    int occurrences() {
        String source = source();
        int found = 0;
        for (int at = source.indexOf(code); at >= 0; at = source.indexOf(code, at + 1)) {
            found++;
        }
        return found;
    }

    /** The file without the safeguard. */
    String mutatedSource() {
        return source().replace(code, without);
    }
}
