package io.logpipeline.faults;

import io.logpipeline.redis.Durability;
import io.logpipeline.redis.RedisCalls;
import io.logpipeline.redis.RedisFailure;
import io.logpipeline.redis.Reply;
import io.logpipeline.redis.Script;
import io.logpipeline.redis.Topology;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * The real Redis with a fault before a call is sent, or when its reply has come. Cut connections
 * are not made here but by a proxy, so that the client's own reconnecting takes part.
 *
 * <p>A process that rests sends nothing by which it would take up work: it neither takes entries,
 * nor claims lists, nor sweeps, nor looks after the volume.
 */
public final class FaultingCalls implements RedisCalls {
    private static final Set<Script> WORK = Set.of(Script.TAKE, Script.RECLAIM, Script.CLAIM);
    private static final String COMMITS = "io.logpipeline.drain.Commits";
    private static final Set<String> WORKING_THREADS = Set.of("sweeper", "volume-keeper");

    private final RedisCalls calls;
    private final Conduct conduct;

    /** Which list an entry is about, by its id: what ends an entry names nothing else. */
    private final Map<String, String> lists = new ConcurrentHashMap<>();

    public FaultingCalls(RedisCalls calls, Conduct conduct) {
        this.calls = calls;
        this.conduct = conduct;
    }

    @Override
    public CompletionStage<Reply> run(
            Script script, List<String> keys, List<byte[]> arguments, Durability durability) {
        return at(
                step(script, keys, arguments),
                subject(script, keys, arguments),
                WORK.contains(script),
                reply -> foundWork(script, reply),
                () -> calls.run(script, keys, arguments, durability));
    }

    @Override
    public CompletionStage<BatchElements> readBatch(String list, int elementsMax) {
        return at("READBATCH", list, false, read -> true, () -> calls.readBatch(list, elementsMax));
    }

    @Override
    public CompletionStage<ScanPage> scan(String cursor, String pattern, int count) {
        return at(
                pattern.startsWith("{") ? "SCAN@batches" : "SCAN@lists",
                "",
                false,
                page -> true,
                () -> calls.scan(cursor, pattern, count));
    }

    @Override
    public CompletionStage<List<String>> info() {
        return at("INFO", "", false, text -> true, calls::info);
    }

    @Override
    public CompletionStage<AofRewrites> rewriteAof(boolean again) {
        return at(
                "REWRITEAOF",
                "",
                false,
                masters -> masters.begun() > 0,
                () -> calls.rewriteAof(again));
    }

    private <T> CompletionStage<T> at(
            String step,
            String subject,
            boolean takesUpWork,
            Predicate<T> counts,
            Supplier<CompletionStage<T>> call) {
        boolean gated = takesUpWork || WORKING_THREADS.contains(Thread.currentThread().getName());
        if (gated && !conduct.mayWork()) {
            return CompletableFuture.failedStage(
                    new RedisFailure(RedisFailure.Kind.UNAVAILABLE, "this process rests"));
        }
        CompletionStage<T> stage =
                struck(step, subject, Moment.BEFORE)
                        .thenCompose(struck -> call.get())
                        .thenCompose(reply ->
                                counts.test(reply)
                                        ? struck(step, subject, Moment.AFTER)
                                                .thenApply(struck -> reply)
                                        : CompletableFuture.completedStage(reply));
        return gated ? stage.whenComplete((reply, thrown) -> conduct.workEnded()) : stage;
    }

    /** Suffers what strikes; a delay holds up this call alone, not the connection's other ones. */
    private CompletionStage<Boolean> struck(String step, String subject, Moment moment) {
        Fault fault = conduct.strike(step, subject, moment);
        if (fault == null) {
            return CompletableFuture.completedStage(false);
        }
        if (fault != Fault.DELAY) {
            return CompletableFuture.completedStage(conduct.suffer(fault));
        }
        return CompletableFuture.supplyAsync(
                () -> {
                    conduct.passed();
                    return true;
                },
                CompletableFuture.delayedExecutor(
                        conduct.delay().toMillis(), TimeUnit.MILLISECONDS));
    }

    private boolean foundWork(Script script, Reply reply) {
        int first =
                switch (script) {
                    case TAKE -> text(reply, 0).equals("TAKEN") ? 1 : reply.values().size();
                    case RECLAIM -> 2;
                    default -> 0;
                };
        for (int i = first; first > 0 && i < reply.values().size(); i += 3) {
            lists.put(text(reply, i), text(reply, i + 1));
        }
        return first < reply.values().size();
    }

    private static String text(Reply reply, int index) {
        return text((byte[]) reply.values().get(index));
    }

    /** A script's name, and what tells its uses apart. */
    private static String step(Script script, List<String> keys, List<byte[]> arguments) {
        return switch (script) {
            case LEASE -> keys.getFirst().endsWith(":volume") ? "LEASE@volume" : "LEASE@sweeper";
            case RELEASE ->
                    keys.getFirst().endsWith(":sweeper") ? "RELEASE@sweeper" : "RELEASE@list";
            case RENEW -> text(arguments.getLast()).equals("0") ? "RENEW@chunk" : "RENEW@return";
            case NOTIFY -> "NOTIFY@" + whoNotifies();
            default -> script.name();
        };
    }

    private static String whoNotifies() {
        // Pushes and commits are answered on threads of one name.
        boolean commits =
                StackWalker.getInstance()
                        .walk(frames ->
                                frames.anyMatch(frame -> frame.getClassName().equals(COMMITS)));
        boolean sweeps = Thread.currentThread().getName().equals("sweeper");
        return commits ? "commit" : sweeps ? "sweep" : "push";
    }

    private String subject(Script script, List<String> keys, List<byte[]> arguments) {
        String names = String.join(" ", keys);
        return switch (script) {
            case ACKNOWLEDGE ->
                    arguments.stream()
                            .skip(1)
                            .map(id -> lists.getOrDefault(text(id), ""))
                            .collect(Collectors.joining(" "));
            case RENEW -> lists.getOrDefault(text(arguments.get(2)), "");
            case NOTIFY -> names + " " + text(arguments.getLast());
            default -> arguments.isEmpty() ? names : names + " " + text(arguments.getFirst());
        };
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() {
        calls.close();
    }

    @Override
    public Topology topology() {
        return calls.topology();
    }

    @Override
    public Duration timeout() {
        return calls.timeout();
    }
}
