package io.logpipeline.redis;

import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.SortedSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * Connections to the masters of a cluster: each call goes to the master that has the slot of its
 * keys.
 *
 * <p>Invariant: a call is sent again only when a node said that it did not run it ({@link
 * Redirect}), a read when it did not run one of its commands, or when there was no connection yet
 * to send it by; for half of the time-out, so that it ends in time.
 */
final class ClusterLink implements RedisLink {
    private static final Duration PAUSE_MIN = Duration.ofMillis(5);
    private static final Duration PAUSE_MAX = Duration.ofMillis(100);
    private static final Duration CONNECT_POLL = Duration.ofMillis(10);
    private static final String SCAN_ENDS = "0";

    private final Connector connector;
    private final ClusterNodes nodes;

    ClusterLink(Connector connector) {
        this.connector = connector;
        this.nodes = new ClusterNodes(connector);
    }

    @Override
    public CompletionStage<Reply> run(
            Script script, List<String> keys, List<byte[]> arguments, Durability durability) {
        return new Call<>(
                        keys.getFirst(),
                        (link, asking) -> link.run(script, keys, arguments, durability, asking))
                .toMaster();
    }

    @Override
    public CompletionStage<BatchElements> readBatch(String list, int elementsMax) {
        return new Call<>(
                        list,
                        (link, asking) -> link.readBatch(new BatchRead(list, elementsMax, asking)))
                .toMaster();
    }

    /** Sends a call to a node. */
    @FunctionalInterface
    private interface Send<T> {
        CompletionStage<T> to(ServerLink link, boolean asking);
    }

    /** One call on its way to the node that runs it. */
    private final class Call<T> {
        private final Send<T> send;
        private final int slot;
        private final long startNanos = System.nanoTime();
        private Duration pause = PAUSE_MIN;

        /**
         * @param key one of those that the call is about, which share their slot
         */
        Call(String key, Send<T> send) {
            this.send = send;
            this.slot = topology().slot(key);
        }

        CompletionStage<T> toMaster() {
            return nodes.master(slot)
                    .map(node -> to(node, false))
                    .orElseGet(() -> {
                        nodes.askSoon();
                        return later(unavailable("no master is known for slot " + slot));
                    });
        }

        private CompletionStage<T> to(NodeAddress node, boolean asking) {
            ServerLink link = nodes.link(node);
            if (!link.wasConnected()) {
                return later(unavailable(link.connectProblem() + " node=" + node));
            }
            return send.to(link, asking)
                    .exceptionallyCompose(thrown -> redirected(RedisFailure.of(thrown), node));
        }

        private CompletionStage<T> redirected(RedisFailure failure, NodeAddress from) {
            return switch (Redirect.of(failure, from)) {
                case Redirect.Moved moved -> {
                    nodes.moved(slot, moved.node());
                    yield isLate() ? failed(failure) : to(moved.node(), false);
                }
                case Redirect.Ask ask -> {
                    nodes.expectsSlot(ask.node());
                    yield isLate() ? failed(failure) : to(ask.node(), true);
                }
                case Redirect.Later later -> later(failure);
                case Redirect.None none -> {
                    if (failure.kind() != RedisFailure.Kind.REFUSED) {
                        nodes.askSoon();
                    }
                    yield failed(failure);
                }
            };
        }

        private CompletionStage<T> later(RedisFailure failure) {
            if (isLate()) {
                return failed(failure);
            }
            CompletionStage<T> reply = connector.after(pause, this::toMaster);
            pause = pause.compareTo(PAUSE_MAX) < 0 ? pause.multipliedBy(2) : pause;
            return reply;
        }

        private boolean isLate() {
            return isHalfOver(startNanos);
        }
    }

    private boolean isHalfOver(long startNanos) {
        return System.nanoTime() - startNanos > timeout().toNanos() / 2;
    }

    private static RedisFailure unavailable(String problem) {
        return new RedisFailure(RedisFailure.Kind.UNAVAILABLE, problem);
    }

    private static <T> CompletionStage<T> failed(RedisFailure failure) {
        return CompletableFuture.failedStage(failure);
    }

    /**
     * Scans one master after the other. One that does not answer, though asked again, is passed
     * over: its keys are for the next scan, and the lists of the others must not expire for it. The
     * cursor names the master, so that it means something after others came and went.
     */
    @Override
    public CompletionStage<ScanPage> scan(String cursor, String pattern, int count) {
        SortedSet<NodeAddress> masters = nodes.masters();
        if (cursor.equals(SCAN_ENDS)) {
            return scan(masters.first(), SCAN_ENDS, pattern, count, System.nanoTime());
        }
        int slash = cursor.lastIndexOf('/');
        NodeAddress node = NodeAddress.of(cursor.substring(0, slash), "");
        return masters.contains(node)
                ? scan(node, cursor.substring(slash + 1), pattern, count, System.nanoTime())
                : CompletableFuture.completedStage(pageBehind(node, List.of()));
    }

    private CompletionStage<ScanPage> scan(
            NodeAddress node, String cursor, String pattern, int count, long startNanos) {
        return nodes.link(node)
                .scan(cursor, pattern, count)
                .thenApply(page ->
                        page.cursor().equals(SCAN_ENDS)
                                ? pageBehind(node, page.keys())
                                : new ScanPage(node + "/" + page.cursor(), page.keys()))
                .exceptionallyCompose(thrown -> {
                    nodes.askSoon();
                    return isHalfOver(startNanos)
                            ? CompletableFuture.completedStage(pageBehind(node, List.of()))
                            : connector.after(
                                    PAUSE_MAX,
                                    () -> scan(node, cursor, pattern, count, startNanos));
                });
    }

    /** With the beginning of the next master for a cursor. */
    private ScanPage pageBehind(NodeAddress node, List<String> keys) {
        Iterator<NodeAddress> rest = nodes.masters().tailSet(node).iterator();
        NodeAddress next = rest.hasNext() ? rest.next() : null;
        if (next != null && next.equals(node)) {
            next = rest.hasNext() ? rest.next() : null;
        }
        return new ScanPage(next == null ? SCAN_ENDS : next + "/" + SCAN_ENDS, keys);
    }

    @Override
    public CompletionStage<List<String>> info() {
        CompletableFuture<RedisFailure> silence = new CompletableFuture<>();
        return ofEachMaster(
                        link -> link.info().thenApply(List::getFirst),
                        failure -> {
                            nodes.askSoon();
                            silence.complete(failure);
                            return CompletableFuture.completedStage("");
                        })
                .thenCompose(answers ->
                        answers.stream().allMatch(String::isEmpty)
                                ? failed(silence.join())
                                : CompletableFuture.completedStage(answers));
    }

    /** A master that does not answer is for the next time. */
    @Override
    public CompletionStage<AofRewrites> rewriteAof(boolean again) {
        return ofEachMaster(
                        link -> link.rewriteAof(again),
                        failure ->
                                failure.kind() == RedisFailure.Kind.REFUSED
                                        ? failed(failure)
                                        : CompletableFuture.completedStage(AofRewrites.NONE))
                .thenApply(all -> all.stream().reduce(AofRewrites.NONE, AofRewrites::and));
    }

    private <T> CompletionStage<List<T>> ofEachMaster(
            Function<ServerLink, CompletionStage<T>> question,
            Function<RedisFailure, CompletionStage<T>> withoutAnswer) {
        return Answers.together(
                nodes.masters().stream()
                        .map(master ->
                                question.apply(nodes.link(master))
                                        .exceptionallyCompose(thrown ->
                                                withoutAnswer.apply(RedisFailure.of(thrown))))
                        .toList());
    }

    @Override
    public Topology topology() {
        return Topology.CLUSTER;
    }

    @Override
    public Duration timeout() {
        return connector.timeout();
    }

    @Override
    public boolean isConnected() {
        return nodes.isKnown()
                && nodes.masters().stream().anyMatch(node -> nodes.link(node).isConnected());
    }

    @Override
    public boolean awaitConnected(Duration limit) throws InterruptedException {
        long endNanos = System.nanoTime() + limit.toNanos();
        while (!allConnected()) {
            if (System.nanoTime() > endNanos) {
                return false;
            }
            Thread.sleep(CONNECT_POLL);
        }
        return true;
    }

    private boolean allConnected() {
        return nodes.isKnown()
                && nodes.masters().stream().allMatch(node -> nodes.link(node).isConnected());
    }

    @Override
    public void close() {
        nodes.close();
        connector.close();
    }
}
