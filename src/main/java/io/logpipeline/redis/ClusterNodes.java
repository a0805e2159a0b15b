package io.logpipeline.redis;

import io.lettuce.core.RedisURI;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The masters of a cluster, a connection to each, and which of them has a slot. Asks the nodes
 * again every few seconds, and soon when a call met something unexpected.
 *
 * <p>Invariant: the table is the one that most of those who answer agree on, so that a node which
 * was cut off from the others, or has just come back, does not mislead.
 */
final class ClusterNodes implements AutoCloseable {
    private static final Duration PERIOD = Duration.ofSeconds(5);
    private static final Duration PERIOD_UNKNOWN = Duration.ofMillis(200);
    private static final Duration ANSWER_MAX = Duration.ofMillis(500);

    /** So that many calls that meet the same thing ask once. */
    private static final Duration GATHER = Duration.ofMillis(50);

    private final Connector connector;
    private final Map<NodeAddress, ServerLink> links = new ConcurrentHashMap<>();
    private final Semaphore asked = new Semaphore(0);
    private final Thread thread;
    private volatile SlotTable table = SlotTable.UNKNOWN;
    private volatile boolean closed;
    private final Map<NodeAddress, Long> strangerSinceNanos = new ConcurrentHashMap<>();

    ClusterNodes(Connector connector) {
        this.connector = connector;
        openNamed();
        this.thread = Thread.ofVirtual().name("redis-slots").start(this::askUntilClosed);
    }

    /** The master of a slot, as far as is known. */
    Optional<NodeAddress> master(int slot) {
        return table.master(slot);
    }

    /**
     * All masters, in an order that stays; those named in {@code redis.url} while none is known.
     */
    SortedSet<NodeAddress> masters() {
        SortedSet<NodeAddress> masters = table.all();
        if (masters.isEmpty()) {
            connector.named().forEach(uri -> masters.add(address(uri)));
        }
        return masters;
    }

    /** The connection to a node; one that begins to connect, when there is none. */
    ServerLink link(NodeAddress node) {
        return links.computeIfAbsent(node, address -> ServerLink.among(connector, address));
    }

    /** A slot is on its way to this node, which may have none yet. */
    void expectsSlot(NodeAddress node) {
        strangerSinceNanos.remove(node);
    }

    boolean isKnown() {
        return table != SlotTable.UNKNOWN;
    }

    /** A node said where a slot is now. */
    void moved(int slot, NodeAddress node) {
        synchronized (this) {
            if (!table.master(slot).equals(Optional.of(node))) {
                table = table.moved(slot, node);
            }
        }
        askSoon();
    }

    /** Has the nodes asked for their slots without waiting for it. */
    void askSoon() {
        if (asked.availablePermits() == 0) {
            asked.release();
        }
    }

    private void askUntilClosed() {
        try {
            while (!closed) {
                ask();
                Duration period = isKnown() ? PERIOD : PERIOD_UNKNOWN;
                var unused = asked.tryAcquire(period.toMillis(), TimeUnit.MILLISECONDS);
                Thread.sleep(GATHER);
                asked.drainPermits();
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private void ask() throws InterruptedException {
        Optional<SlotTable> view = viewOfMost(links.values());
        if (view.isEmpty()) {
            openNamed();
            return;
        }
        synchronized (this) {
            if (!closed) {
                table = view.get();
                closeStrangers(table.all());
                table.all().forEach(this::link);
            }
        }
    }

    private void openNamed() {
        connector.named().forEach(uri -> link(address(uri)));
    }

    private static NodeAddress address(RedisURI uri) {
        return new NodeAddress(uri.getHost(), uri.getPort());
    }

    private static Optional<SlotTable> viewOfMost(Collection<ServerLink> nodes)
            throws InterruptedException {
        List<CompletableFuture<SlotTable>> answers =
                nodes.stream().map(node -> node.slots().toCompletableFuture()).toList();
        var all = CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new));
        var patience = ANSWER_MAX.toMillis();
        var unused =
                all.exceptionally(unanswered -> null)
                        .completeOnTimeout(null, patience, TimeUnit.MILLISECONDS)
                        .join();
        return answers.stream()
                .filter(answer -> answer.isDone() && !answer.isCompletedExceptionally())
                .map(CompletableFuture::join)
                .filter(view -> !view.all().isEmpty())
                .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()))
                .entrySet()
                .stream()
                .max(Comparator.comparingLong(Map.Entry::getValue))
                .map(Map.Entry::getKey);
    }

    /** Those that have been none of the masters for so long that they owe no answer any more. */
    private void closeStrangers(Set<NodeAddress> masters) {
        long nowNanos = System.nanoTime();
        long ageMaxNanos = connector.timeout().multipliedBy(2).plus(PERIOD).toNanos();
        strangerSinceNanos.keySet().removeAll(masters);
        for (NodeAddress node : links.keySet()) {
            if (masters.contains(node)) {
                continue;
            }
            long sinceNanos = strangerSinceNanos.computeIfAbsent(node, absent -> nowNanos);
            if (nowNanos - sinceNanos > ageMaxNanos) {
                strangerSinceNanos.remove(node);
                ServerLink link = links.remove(node);
                if (link != null) {
                    link.close();
                }
            }
        }
    }

    /** Asks and connects no more; the connections are the connector's to close. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        thread.interrupt();
        links.values().forEach(ServerLink::connectNoMore);
    }
}
