package io.logpipeline.redis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * The pending streams together: one by default, more where one master of a cluster would be too
 * busy with it. {@link StreamSet} says which are written to and which are read.
 *
 * <p>Which stream an entry is in means nothing but who hands it out: a list may have entries in
 * several, as it may have several in one.
 */
public final class PendingStreams {
    /** How much is pending in the whole pipeline. */
    public record Backlog(long keys, Duration lag) {
        static final Backlog NONE = new Backlog(0, Duration.ZERO);

        private Backlog and(Backlog other) {
            return new Backlog(keys + other.keys, lag.compareTo(other.lag) > 0 ? lag : other.lag);
        }
    }

    private final RedisCalls calls;
    private final StreamSet set;
    private final List<PendingStream> streams;
    private final Map<Integer, Backlog> lastHeard = new ConcurrentHashMap<>();

    /**
     * @param consumer this process' name in the groups
     * @param set one for all of a process: what one part sees, the others read
     */
    public PendingStreams(RedisCalls calls, String consumer, StreamSet set) {
        this.calls = calls;
        this.set = set;
        this.streams =
                set.named().stream()
                        .map(number -> new PendingStream(calls, consumer, number))
                        .toList();
    }

    /** The streams to read: those of the setting, and others that exist. */
    public List<PendingStream> read() {
        return of(set.read());
    }

    /** The stream that a list's entry goes to. */
    public PendingStream of(String list) {
        return streams.get(set.of(list));
    }

    private PendingStream of(PendingEntry entry) {
        return streams.get(entry.stream());
    }

    private List<PendingStream> of(List<Integer> numbers) {
        return numbers.stream().map(streams::get).toList();
    }

    /** Makes lists known without waiting for it; a loss is left to the sweep. */
    public void add(List<String> lists, long noticedMicros) {
        Map<PendingStream, List<String>> spread = new LinkedHashMap<>();
        lists.forEach(
                list -> spread.computeIfAbsent(of(list), none -> new ArrayList<>()).add(list));
        spread.forEach((stream, part) -> stream.add(part, noticedMicros));
    }

    /** Starts an entry's lease anew, while it is worked on. */
    public void renew(PendingEntry entry) throws RedisFailure, InterruptedException {
        of(entry).renew(entry);
    }

    /**
     * Gives an entry back: the next one that reclaims with this lease, or a shorter one, gets it.
     */
    public void giveBack(PendingEntry entry, Duration lease)
            throws RedisFailure, InterruptedException {
        of(entry).giveBack(entry, lease);
    }

    /** Creates the streams of the setting, and their groups, when they are missing. */
    public void ensureGroups() throws RedisFailure, InterruptedException {
        ask(set.configured(), PendingStream::ensureGroup);
    }

    /**
     * How much is pending in the streams that are read. One whose master does not answer, where
     * others do, counts as when it last did.
     */
    public Backlog backlog() throws RedisFailure, InterruptedException {
        return backlog(set.read());
    }

    /** The same, after a look for streams that exist and are of another setting than this one. */
    public Backlog look() throws RedisFailure, InterruptedException {
        return backlog(set.named());
    }

    private Backlog backlog(List<Integer> numbers) throws RedisFailure, InterruptedException {
        Map<Integer, Reply> replies = ask(numbers, PendingStream::backlog);
        Backlog all = Backlog.NONE;
        List<Integer> existing = new ArrayList<>();
        List<Integer> silent = new ArrayList<>();
        for (int number : numbers) {
            Reply reply = replies.get(number);
            if (reply == null) {
                silent.add(number);
            } else if (exists(reply)) {
                existing.add(number);
                lastHeard.put(
                        number, new Backlog(reply.number(1), Duration.ofMillis(reply.number(2))));
            } else {
                lastHeard.remove(number);
            }
            all = all.and(lastHeard.getOrDefault(number, Backlog.NONE));
        }
        if (numbers.equals(set.named())) {
            set.looked(existing, silent);
        }
        return all;
    }

    private static boolean exists(Reply reply) {
        return switch (reply.word()) {
            case "PENDING" -> true;
            case "NONE" -> false;
            default -> throw reply.unknown(Script.PENDING);
        };
    }

    /**
     * Removes streams that are not of this setting and have no entry. Should others have them in
     * theirs, they make them anew with the next entry.
     */
    public void removeForeign() throws RedisFailure, InterruptedException {
        List<Integer> foreign = new ArrayList<>(set.read());
        foreign.removeAll(set.configured());
        ask(foreign, PendingStream::removeIfEmpty);
    }

    private Map<Integer, Reply> ask(
            List<Integer> numbers, Function<PendingStream, CompletionStage<Reply>> question)
            throws RedisFailure, InterruptedException {
        Map<Integer, CompletionStage<Reply>> asked = new LinkedHashMap<>();
        numbers.forEach(number -> asked.put(number, question.apply(streams.get(number))));
        return Answers.await(calls, asked);
    }
}
