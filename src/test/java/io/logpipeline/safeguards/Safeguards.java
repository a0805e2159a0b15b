package io.logpipeline.safeguards;

import java.util.List;
import java.util.stream.Stream;

/** All of them. */
final class Safeguards {
    static final List<Safeguard> ALL =
            Stream.of(
                            FileSafeguards.ALL,
                            VolumeSafeguards.ALL,
                            ScriptSafeguards.ALL,
                            StreamSafeguards.ALL,
                            ClaimSafeguards.ALL,
                            DrainSafeguards.ALL,
                            NewFileSafeguards.ALL,
                            CommitSafeguards.ALL,
                            RedisSafeguards.ALL,
                            IngestSafeguards.ALL)
                    .flatMap(List::stream)
                    .toList();

    private Safeguards() {}

    static Safeguard named(String name) {
        return ALL.stream().filter(each -> each.name().equals(name)).findFirst().orElseThrow();
    }
}
