package io.logpipeline.drain;

import io.logpipeline.redis.Durability;
import io.logpipeline.redis.RedisCalls;
import io.logpipeline.redis.RedisFailure;
import io.logpipeline.redis.Reply;
import io.logpipeline.redis.Script;
import io.logpipeline.simulation.SimulatedRedis;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.EnumSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.regex.Pattern;

/**
 * A client's connection to a server: a call may never arrive, arrive late, or lose its reply; and
 * others move before and after it. A commit, and a read ahead, may be under way while their sender
 * does something else.
 */
final class SimulatedLink implements RedisCalls {
    private static final Pattern LISTS = Pattern.compile("logs:user_[^:]*:.*");
    private static final Pattern BATCHES = Pattern.compile("\\{logs:user_[^:]*:.*}:batch");
    private static final Set<Script> MAY_TAKE_LONG = EnumSet.of(Script.COMMIT, Script.READ);
    private static final int KEYS_PER_PAGE = 2;

    /** Of a thousand: what could not be read ahead is claimed, which is to happen as well. */
    private static final int LOST_READS = 250;

    private final SimulatedWorld world;
    private final String client;
    private final Listener listener;
    private final Queue<Runnable> underWay = new ArrayDeque<>();
    private SimulatedRedis server;

    /** Told of this client's calls. */
    @FunctionalInterface
    interface Listener {
        /** A reply arrives. */
        void answered(Answered answer);

        /** A call leaves; it may get lost. */
        default void sent(Script script) {}
    }

    /** A call whose reply the client is about to get. */
    record Answered(Script script, List<String> keys, List<byte[]> arguments, Reply reply) {
        String word() {
            return text(reply.values().getFirst());
        }

        long number(int index) {
            Object value = reply.values().get(index);
            return value instanceof Long number ? number : Long.parseLong(text(value));
        }
    }

    SimulatedLink(SimulatedWorld world, String client, SimulatedRedis server, Listener listener) {
        this.world = world;
        this.client = client;
        this.server = server;
        this.listener = listener;
    }

    SimulatedRedis server() {
        return server;
    }

    void connect(SimulatedRedis other) {
        server = other;
    }

    @Override
    public CompletionStage<Reply> run(
            Script script, List<String> keys, List<byte[]> arguments, Durability durability) {
        listener.sent(script);
        if (!MAY_TAKE_LONG.contains(script) || !world.takesLong()) {
            return send(script, keys, arguments);
        }
        CompletableFuture<Reply> later = new CompletableFuture<>();
        underWay.add(() -> {
            var unused =
                    send(script, keys, arguments)
                            .whenComplete((reply, failure) -> {
                                if (failure == null) {
                                    later.complete(reply);
                                } else {
                                    later.completeExceptionally(failure);
                                }
                            });
        });
        return later;
    }

    /** Whether a call is under way, which nobody may be waiting for. */
    boolean isUnderWay() {
        return !underWay.isEmpty();
    }

    /** The call that is under way for longest arrives, and its reply. */
    void arrive() {
        Runnable first = underWay.poll();
        if (first != null) {
            first.run();
        }
    }

    @Override
    public <T> T await(CompletionStage<T> call) throws RedisFailure, InterruptedException {
        while (isUnderWay() && !call.toCompletableFuture().isDone()) {
            world.othersMove(true);
            arrive();
        }
        return RedisCalls.super.await(call);
    }

    private CompletionStage<Reply> send(Script script, List<String> keys, List<byte[]> arguments) {
        SimulatedRedis sentTo = server;
        List<byte[]> named = arguments.stream().map(world::named).toList();
        world.othersMove(canNest(script));
        int lostCall = script == Script.READ ? LOST_READS : world.chances().lostCall();
        if (server != sentTo || world.mishap(lostCall)) {
            world.tell(() -> client + " " + script + " never arrives");
            return lost(RedisFailure.Kind.UNAVAILABLE);
        }
        if (world.mishap(world.chances().lateCall())) {
            world.tell(() -> client + " " + script + " times out");
            world.servers().later(sentTo, client, script, keys, named);
            return lost(RedisFailure.Kind.TIMED_OUT);
        }
        Reply reply;
        try {
            reply = new Reply(world.servers().execute(sentTo, client, script, keys, named));
        } catch (SimulatedRedis.Refused refused) {
            world.tell(() -> client + " " + script + " is refused: " + refused.getMessage());
            return CompletableFuture.failedStage(
                    new RedisFailure(
                            RedisFailure.Kind.REFUSED, String.valueOf(refused.getMessage())));
        }
        world.othersMove(canNest(script));
        if (server != sentTo || world.mishap(world.chances().lostCall())) {
            world.tell(() -> client + " loses that reply");
            return lost(RedisFailure.Kind.UNAVAILABLE);
        }
        listener.answered(new Answered(script, keys, named, reply));
        return CompletableFuture.completedStage(reply);
    }

    /** Not while the process prepares for a store: its loops do that one after the other. */
    private static boolean canNest(Script script) {
        return script != Script.STORE && script != Script.LEASE;
    }

    private static <T> CompletionStage<T> lost(RedisFailure.Kind kind) {
        return CompletableFuture.failedStage(new RedisFailure(kind, "simulated"));
    }

    /** Others move between the two commands too. */
    @Override
    public CompletionStage<BatchElements> readBatch(String list, int elementsMax) {
        SimulatedRedis sentTo = server;
        world.othersMove(true);
        if (server != sentTo || world.mishap(world.chances().lostCall())) {
            return lost(RedisFailure.Kind.UNAVAILABLE);
        }
        List<byte[]> elements =
                sentTo.list("{" + list + "}:batch").stream()
                        .limit(elementsMax)
                        .map(element -> element.getBytes(StandardCharsets.ISO_8859_1))
                        .toList();
        world.othersMove(true);
        String batchId = sentTo.field("{" + list + "}:ledger", "batch_id");
        world.othersMove(true);
        if (server != sentTo || world.mishap(world.chances().lostCall())) {
            return lost(RedisFailure.Kind.UNAVAILABLE);
        }
        return CompletableFuture.completedStage(
                new BatchElements(elements, batchId == null ? "" : batchId));
    }

    /** Pages begin behind the key that the cursor names, so what is there all along is seen. */
    @Override
    public CompletionStage<ScanPage> scan(String cursor, String pattern, int count) {
        world.othersMove(true);
        if (world.mishap(world.chances().lostCall())) {
            return lost(RedisFailure.Kind.UNAVAILABLE);
        }
        Pattern matching = pattern.startsWith("{") ? BATCHES : LISTS;
        List<String> left =
                server
                        .keys(key ->
                                matching.matcher(key).matches()
                                        && (cursor.equals("0") || key.compareTo(cursor) > 0))
                        .stream()
                        .toList();
        List<String> page = left.subList(0, Math.min(KEYS_PER_PAGE, left.size()));
        String next = page.size() == left.size() ? "0" : page.getLast();
        return CompletableFuture.completedStage(new ScanPage(next, page));
    }

    @Override
    public CompletionStage<List<String>> info() {
        throw new AssertionError("nobody asks in a history");
    }

    @Override
    public CompletionStage<AofRewrites> rewriteAof(boolean again) {
        throw new AssertionError("nobody watches Redis in a history");
    }

    @Override
    public void close() {}

    @Override
    public Duration timeout() {
        return Duration.ofSeconds(1);
    }

    static String text(Object value) {
        return value instanceof byte[] bytes
                ? new String(bytes, StandardCharsets.ISO_8859_1)
                : String.valueOf(value);
    }
}
