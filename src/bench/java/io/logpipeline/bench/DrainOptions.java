package io.logpipeline.bench;

import java.nio.file.Path;
import java.util.List;

/**
 * What the command line asks for.
 *
 * @param keys numbers of lists that the events are spread over, one load each
 * @param warmUpSeconds that each contender drains before its first round counts
 * @param hotKeys lists that wait beside a long one
 * @param givenWorkers of a drainer; 0 for what is good for its sync
 * @param limitSeconds after which the sequential algorithms stop half way
 * @param forceMillis of the slowed file system
 * @param drainers numbers of drainers on the slowed file system
 * @param backlog lists that wait all together, for a sweep and a while of drain
 * @param javaOptions of the drainer's JVM
 */
record DrainOptions(
        int events,
        List<Integer> keys,
        int rounds,
        int warmUpSeconds,
        List<String> sync,
        int givenWorkers,
        int limitSeconds,
        int hotKeys,
        int slowedKeys,
        int forceMillis,
        List<Integer> drainers,
        int backlog,
        Path logDir,
        List<Path> jars,
        List<String> javaOptions) {

    static DrainOptions parse(List<String> words) {
        Arguments given = new Arguments(words);
        DrainOptions options =
                new DrainOptions(
                        given.number("events", given.quickly(100_000, 500_000)),
                        given.numbers("keys", given.quickly("1000,20000,1", "1000,100000,1")),
                        given.number("rounds", given.quickly(2, 5)),
                        given.number("warm-up", given.quickly(2, 20)),
                        given.words("sync", "file,filesystem", ","),
                        given.number("workers", 0),
                        given.number("limit", given.quickly(3, 10)),
                        given.number("hot-keys", given.quickly(0, 1000)),
                        given.number("slowed-keys", given.quickly(0, 12_000)),
                        given.number("force-ms", 5),
                        given.numbers("drainers", "1,2,4,8"),
                        given.number("backlog", given.quickly(0, 1_000_000)),
                        Path.of(given.take("logs", "target/bench/drain-logs")).toAbsolutePath(),
                        given.words("jars", "target/log-pipeline.jar", ",").stream()
                                .map(Path::of)
                                .toList(),
                        given.words("java", "-Xmx256m -XX:+UseSerialGC", " "));
        given.end();
        return options;
    }

    /** Of a drainer, and threads of the bare files. */
    int workers(String sync) {
        int good = sync.equals("filesystem") ? 128 : 32;
        return givenWorkers == 0 ? good : givenWorkers;
    }
}
