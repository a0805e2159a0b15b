package io.logpipeline.redis;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What Redis must have done with an event before it is acknowledged: {@code redis.durability}. */
public sealed interface Durability {
    /** It is in the server's memory. */
    Durability MEMORY = new Memory();

    /** It is in the server's memory. */
    record Memory() implements Durability {}

    /** It is in the server's append-only file, and that was forced to its disk. */
    record AppendOnlyFile() implements Durability {}

    /**
     * It is in the memory of replicas too.
     *
     * @param count how many, from 1
     */
    record Replicas(int count) implements Durability {}

    /** Reads a setting's word; empty when it is none. */
    static Optional<Durability> of(String word) {
        Matcher replicas = Pattern.compile("replicas:([1-9])").matcher(word);
        if (replicas.matches()) {
            return Optional.of(new Replicas(Integer.parseInt(replicas.group(1))));
        }
        return switch (word) {
            case "memory" -> Optional.of(MEMORY);
            case "aof" -> Optional.of(new AppendOnlyFile());
            default -> Optional.empty();
        };
    }
}
