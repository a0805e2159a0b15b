package io.logpipeline.redis;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;

/**
 * One stream of lists that wait to be drained, and the group that shares them among the replicas. A
 * hint only: an entry lost costs the time until the next sweep, one too many costs a look.
 */
public final class PendingStream {
    /** What there was to take. */
    public sealed interface Taken {
        /** These are the consumer's now; at least one. */
        record Entries(List<PendingEntry> entries) implements Taken {}

        /** Nothing is due before this time; the longest wait when nothing waits at all. */
        record NothingDue(Duration delay) implements Taken {}
    }

    /** A page of the stream: the lists that have entries. */
    public record Page(String lastId, List<String> lists) {}

    private static final String FIRST_ID = "0-0";

    private final RedisCalls calls;
    private final String consumer;
    private final int number;
    private final List<String> key;
    private volatile String reclaimFromId = FIRST_ID;

    /**
     * @param consumer this process' name in the group
     * @param number which of the streams it is, from 0
     */
    PendingStream(RedisCalls calls, String consumer, int number) {
        this.calls = calls;
        this.consumer = consumer;
        this.number = number;
        this.key = List.of(RedisKeys.pending(number));
    }

    /** Which of the streams it is. */
    public int number() {
        return number;
    }

    /** Makes lists known without waiting for it; a loss is left to the sweep. */
    void add(List<String> lists, long noticedMicros) {
        List<Object> arguments = new ArrayList<>(1 + lists.size());
        arguments.add(noticedMicros);
        arguments.addAll(lists);
        var unused = calls.run(Script.NOTIFY, key, arguments(arguments.toArray()));
    }

    /** Makes a list known. */
    public void addNow(String list, long noticedMicros) throws RedisFailure, InterruptedException {
        run(Script.NOTIFY, noticedMicros, list);
    }

    /**
     * Takes entries that have waited for {@code interval}.
     *
     * @param countMax the most entries to take
     */
    public Taken take(Duration interval, int countMax) throws RedisFailure, InterruptedException {
        Reply reply = run(Script.TAKE, RedisKeys.GROUP, consumer, interval.toMillis(), countMax);
        return switch (reply.word()) {
            case "TAKEN" -> new Taken.Entries(entries(reply, 1, false));
            case "WAIT" -> {
                long waitMillis = reply.number(1);
                yield new Taken.NothingDue(
                        waitMillis < 0 ? interval : Duration.ofMillis(waitMillis));
            }
            default -> throw reply.unknown(Script.TAKE);
        };
    }

    /**
     * Takes over entries that their consumer has not touched for {@code lease}. Redis looks at a
     * few entries a call: each reclaim goes on where the last one stopped, so that those that live
     * consumers hold hide none behind them. Empty only at the end of the stream.
     */
    public List<PendingEntry> reclaim(Duration lease, int countMax)
            throws RedisFailure, InterruptedException {
        while (true) {
            Reply reply =
                    run(
                            Script.RECLAIM,
                            RedisKeys.GROUP,
                            consumer,
                            lease.toMillis(),
                            countMax,
                            reclaimFromId);
            reclaimFromId = reply.text(1);
            List<PendingEntry> entries = entries(reply, 2, true);
            if (!entries.isEmpty() || reclaimFromId.equals(FIRST_ID)) {
                return entries;
            }
        }
    }

    /** Starts an entry's lease anew, while it is worked on. */
    public void renew(PendingEntry entry) throws RedisFailure, InterruptedException {
        run(Script.RENEW, RedisKeys.GROUP, consumer, entry.id(), 0);
    }

    /**
     * Gives an entry back: the next one that reclaims with this lease, or a shorter one, gets it.
     */
    public void giveBack(PendingEntry entry, Duration lease)
            throws RedisFailure, InterruptedException {
        run(Script.RENEW, RedisKeys.GROUP, consumer, entry.id(), lease.toMillis());
    }

    /**
     * Ends entries without waiting for it. Of this stream, and not more than a thousand: Lua's
     * stack takes no more.
     */
    public CompletionStage<Reply> acknowledge(List<PendingEntry> entries) {
        List<Object> arguments = new ArrayList<>(1 + entries.size());
        arguments.add(RedisKeys.GROUP);
        entries.forEach(entry -> arguments.add(entry.id()));
        return ask(Script.ACKNOWLEDGE, arguments.toArray());
    }

    /** Ends entries; not more than a thousand. */
    public void acknowledgeNow(List<PendingEntry> entries)
            throws RedisFailure, InterruptedException {
        calls.await(acknowledge(entries));
    }

    /** Creates stream and group when they are missing. */
    CompletionStage<Reply> ensureGroup() {
        return ask(Script.GROUP, RedisKeys.GROUP);
    }

    /** Asks how much is pending, at a cost that does not grow with it. */
    CompletionStage<Reply> backlog() {
        return ask(Script.PENDING);
    }

    /** Removes the stream if it has no entry. */
    CompletionStage<Reply> removeIfEmpty() {
        return ask(Script.REMOVE);
    }

    /** Asks who drains it. */
    CompletionStage<Reply> replicas(int namedMax) {
        return ask(Script.REPLICAS, RedisKeys.GROUP, namedMax);
    }

    /** Reads the entries after an id, {@code "0-0"} for all, in pages. */
    public Page page(String afterId, int countMax) throws RedisFailure, InterruptedException {
        Reply reply = run(Script.ENTRIES, afterId, countMax);
        List<String> lists = IntStream.range(2, reply.size()).mapToObj(reply::text).toList();
        return new Page(reply.text(1), lists);
    }

    /** Removes consumers unused for {@code idle} that have nothing pending. */
    public void retireConsumers(Duration idle) throws RedisFailure, InterruptedException {
        run(Script.RETIRE, RedisKeys.GROUP, idle.toMillis());
    }

    private Reply run(Script script, Object... arguments)
            throws RedisFailure, InterruptedException {
        return calls.await(ask(script, arguments));
    }

    private CompletionStage<Reply> ask(Script script, Object... arguments) {
        return calls.run(script, key, arguments(arguments));
    }

    private List<PendingEntry> entries(Reply reply, int first, boolean reclaimed) {
        List<PendingEntry> entries = new ArrayList<>();
        for (int i = first; i < reply.size(); i += 3) {
            entries.add(
                    new PendingEntry(
                            number,
                            reply.text(i),
                            reply.text(i + 1),
                            noticedMicros(reply.text(i + 2)),
                            reclaimed));
        }
        return entries;
    }

    /** Others may add entries; one in a form of their own must not stop those who read it. */
    private static long noticedMicros(String text) {
        return text.matches("[0-9]{1,18}") ? Long.parseLong(text) : 0;
    }

    static List<byte[]> arguments(Object... values) {
        List<byte[]> arguments = new ArrayList<>(values.length);
        for (Object value : values) {
            arguments.add(value.toString().getBytes(StandardCharsets.ISO_8859_1));
        }
        return arguments;
    }
}
