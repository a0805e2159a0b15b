package io.logpipeline.redis;

import io.logpipeline.redis.PushRequest.PartEnd;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What goes to Redis in one script call: parts, each of them for one list; in a cluster, lists of
 * one slot. Requests for the same list share a part, in the order they came; one with an
 * idempotency key has a part of its own.
 */
final class PushCall {
    /** Redis does nothing else during a call. */
    private static final int PARTS_MAX = 256;

    private static final int BYTES_MAX = 1024 * 1024;

    /** In front of the parts' answers. */
    private static final int ANSWERS_FROM = 2;

    private static final byte[] NO_STORE = {};

    private static final PartEnd STORED = new PartEnd.Stored();

    private final List<Part> parts = new ArrayList<>();

    /** The parts that more of their list's events may join. */
    private final Map<String, Part> open = new HashMap<>();

    private final Topology topology;
    private int slot;
    private int lines;
    private long bytes;

    PushCall(Topology topology) {
        this.topology = topology;
    }

    /** Whether there is room for a part, which must share the slot of those before. */
    boolean takes(PushRequest.Part more) {
        return !isFull() && (isEmpty() || more.slot() == slot);
    }

    void add(PushRequest request, PushRequest.Part more) {
        slot = more.slot();
        Part part = part(more.list(), request.idempotencyKey());
        part.requests.add(request);
        part.lines.addAll(more.lines());
        lines += more.lines().size();
        for (byte[] line : more.lines()) {
            bytes += line.length;
        }
    }

    private Part part(String list, @Nullable String idempotencyKey) {
        Part part = idempotencyKey == null ? open.get(list) : null;
        if (part != null) {
            return part;
        }
        if (idempotencyKey == null) {
            part = new Part(list, null);
            open.put(list, part);
        } else {
            // What comes for the list from now on goes behind this part.
            open.remove(list);
            part = new Part(list, RedisKeys.onceMarker(list, idempotencyKey));
        }
        parts.add(part);
        return part;
    }

    boolean isEmpty() {
        return parts.isEmpty();
    }

    boolean isFull() {
        return parts.size() >= PARTS_MAX || bytes > BYTES_MAX;
    }

    List<String> keys() {
        List<String> keys = new ArrayList<>(1 + 2 * parts.size());
        if (topology == Topology.ONE_SERVER) {
            keys.add(RedisKeys.STORE);
        }
        for (Part part : parts) {
            keys.add(part.list);
            if (part.onceMarker != null) {
                keys.add(part.onceMarker);
            }
        }
        return keys;
    }

    /**
     * @param newStoreId for a store that has none; in a cluster nothing is given one
     */
    List<byte[]> arguments(byte[] expirationSeconds, byte[] newStoreId) {
        List<byte[]> arguments = new ArrayList<>(2 + parts.size() + lines);
        arguments.add(expirationSeconds);
        arguments.add(topology == Topology.ONE_SERVER ? newStoreId : NO_STORE);
        for (Part part : parts) {
            int count = part.lines.size();
            String word = Integer.toString(part.onceMarker == null ? count : -count);
            arguments.add(word.getBytes(StandardCharsets.US_ASCII));
            arguments.addAll(part.lines);
        }
        return arguments;
    }

    /** The lists that began with this call. */
    List<String> listsBegun(Reply reply) {
        List<String> begun = new ArrayList<>();
        for (int i = 0; i < parts.size(); i++) {
            Part part = parts.get(i);
            if (reply.isNumber(ANSWERS_FROM + i)
                    && reply.number(ANSWERS_FROM + i) == part.lines.size()) {
                begun.add(part.list);
            }
        }
        return begun;
    }

    /** Tells each part's requests what became of it. */
    void answered(Reply reply, PushRequest.Ended ended) {
        for (int i = 0; i < parts.size(); i++) {
            parts.get(i).end(end(reply, ANSWERS_FROM + i), ended);
        }
    }

    private static PartEnd end(Reply reply, int index) {
        if (reply.isNumber(index)) {
            return STORED;
        }
        String answer = reply.text(index);
        return switch (answer) {
            case "DUPLICATE" -> new PartEnd.Duplicate();
            case "OTHER_EVENTS" -> new PartEnd.OtherEvents();
            default -> new PartEnd.Failed(new RedisFailure(RedisFailure.Kind.REFUSED, answer));
        };
    }

    void failed(RedisFailure failure, PushRequest.Ended ended) {
        PartEnd end = new PartEnd.Failed(failure);
        parts.forEach(part -> part.end(end, ended));
    }

    private static final class Part {
        private final String list;
        private final @Nullable String onceMarker;
        private final List<byte[]> lines = new ArrayList<>();
        private final List<PushRequest> requests = new ArrayList<>();

        Part(String list, @Nullable String onceMarker) {
            this.list = list;
            this.onceMarker = onceMarker;
        }

        void end(PartEnd end, PushRequest.Ended ended) {
            for (PushRequest request : requests) {
                if (request.partEnded(end)) {
                    ended.with(request);
                }
            }
        }
    }
}
