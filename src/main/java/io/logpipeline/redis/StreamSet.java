package io.logpipeline.redis;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.stream.IntStream;
import java.util.zip.CRC32;

/**
 * Which pending streams there are, and which of them a process reads.
 *
 * <p>Each process writes to those of its own setting, and reads those that exist, whoever's setting
 * made them: while processes of several settings run at once, no entry waits for one of the
 * writer's own. No register says which exist, that could be lost or fall behind a writer that was
 * asleep: the names are few and fixed, so that all of them can be looked at. A stream of nobody's
 * setting is read until it is empty and then removed; a late writer makes it anew, and the next
 * look finds it.
 */
public final class StreamSet {
    /** All there can be. Never fewer: what others have written there would be hidden. */
    public static final int STREAMS_MAX = 64;

    private final int configured;
    private final int named;
    private volatile List<Integer> read;

    /**
     * @param configured how many lists are spread over, {@code drainer.streams}
     */
    public StreamSet(int configured) {
        this(configured, STREAMS_MAX);
    }

    /**
     * The same, of fewer names: what is looked at has its price in a simulation.
     *
     * @param named all there can be
     */
    public StreamSet(int configured, int named) {
        this.configured = configured;
        this.named = named;
        this.read = upTo(configured);
    }

    /** The stream that a list's entry goes to: the same one in every process of this setting. */
    int of(String list) {
        CRC32 hash = new CRC32();
        hash.update(list.getBytes(StandardCharsets.ISO_8859_1));
        return (int) (hash.getValue() % configured);
    }

    /** Those of the setting. */
    List<Integer> configured() {
        return upTo(configured);
    }

    /** All that there can be. */
    List<Integer> named() {
        return upTo(named);
    }

    /** Those to read: of the setting, and others that exist. */
    List<Integer> read() {
        return read;
    }

    /**
     * Takes note of a look at all.
     *
     * @param silent what nothing was heard of stays as it was
     */
    void looked(Collection<Integer> existing, Collection<Integer> silent) {
        List<Integer> before = read;
        read =
                named().stream()
                        .filter(stream ->
                                stream < configured
                                        || existing.contains(stream)
                                        || silent.contains(stream) && before.contains(stream))
                        .toList();
    }

    private static List<Integer> upTo(int count) {
        return IntStream.range(0, count).boxed().toList();
    }
}
