package io.logpipeline.bench;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the command line asks for.
 *
 * @param keys numbers of lists that the events are spread over, one load each
 * @param limitSeconds after which the sequential algorithms stop half way
 * @param forceMillis of the slowed file system
 * @param drainers numbers of drainers on the slowed file system
 * @param javaOptions of the drainer's JVM
 */
record DrainOptions(
        int events,
        List<Integer> keys,
        int rounds,
        List<String> sync,
        int workers,
        int limitSeconds,
        int slowedKeys,
        int forceMillis,
        List<Integer> drainers,
        Path logDir,
        List<Path> jars,
        List<String> javaOptions) {

    static DrainOptions parse(List<String> arguments) {
        Map<String, String> given = new LinkedHashMap<>();
        boolean quick = arguments.contains("--quick");
        for (String argument : arguments) {
            if (argument.equals("--quick")) {
                continue;
            }
            int equals = argument.indexOf('=');
            if (!argument.startsWith("--") || equals < 0) {
                throw new IllegalArgumentException("expected --name=value, not " + argument);
            }
            given.put(argument.substring(2, equals), argument.substring(equals + 1));
        }
        DrainOptions options =
                new DrainOptions(
                        number(given, "events", quick ? 100_000 : 500_000),
                        numbers(given, "keys", quick ? "1000,20000,1" : "1000,100000,1"),
                        number(given, "rounds", quick ? 2 : 5),
                        words(given, "sync", "file,filesystem", ","),
                        number(given, "workers", 32),
                        number(given, "limit", quick ? 3 : 10),
                        number(given, "slowed-keys", quick ? 0 : 4000),
                        number(given, "force-ms", 5),
                        numbers(given, "drainers", "1,2,4,8"),
                        Path.of(take(given, "logs", "target/bench/drain-logs")).toAbsolutePath(),
                        words(given, "jars", "target/log-pipeline.jar", ",").stream()
                                .map(Path::of)
                                .toList(),
                        words(given, "java", "-Xmx256m", " "));
        if (!given.isEmpty()) {
            throw new IllegalArgumentException("unknown: " + given.keySet());
        }
        return options;
    }

    private static String take(Map<String, String> given, String name, String otherwise) {
        String value = given.remove(name);
        return value == null ? otherwise : value;
    }

    private static int number(Map<String, String> given, String name, int otherwise) {
        return Integer.parseInt(take(given, name, String.valueOf(otherwise)));
    }

    private static List<Integer> numbers(Map<String, String> given, String name, String otherwise) {
        return words(given, name, otherwise, ",").stream().map(Integer::valueOf).toList();
    }

    private static List<String> words(
            Map<String, String> given, String name, String otherwise, String separator) {
        return Arrays.stream(take(given, name, otherwise).split(separator))
                .filter(word -> !word.isBlank())
                .toList();
    }
}
