package io.logpipeline.drain;

import io.logpipeline.event.UserDay;
import io.logpipeline.redis.PendingStreams;
import io.logpipeline.redis.Script;
import io.logpipeline.redis.StreamSet;
import io.logpipeline.simulation.Decisions;
import io.logpipeline.simulation.SimulatedRedis;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A client of the API, and the API's push as it sends it; or a producer of its own, that pushes to
 * the list and tells nobody. One request after the other: one in doubt is sent again with its
 * idempotency key until it is answered, without one it is given up.
 */
final class SimulatedProducer {
    private static final int EVENTS_MAX = 3;
    private static final int REPEATED_TEXTS = 2;

    private record Request(UserDay user, List<String> events, String onceMarker) {}

    final SimulatedLink link;
    private final SimulatedWorld world;
    private final int number;
    private PendingStreams pending;
    private int streams;
    private final boolean repeats;
    private int events;
    private int calls;
    private Request inDoubt;
    private boolean answeredNow;

    /**
     * @param repeats whether it says the same over and over
     */
    SimulatedProducer(SimulatedWorld world, int number, SimulatedRedis server, boolean repeats) {
        this.world = world;
        this.number = number;
        this.repeats = repeats;
        this.link = new SimulatedLink(world, "producer-" + number, server, this::answered);
        start();
    }

    /** Anew, as the API behind it does in a rolling restart. */
    private void start() {
        streams = world.newStreams();
        StreamSet set = new StreamSet(streams, world.chances().streamsMax());
        pending = new PendingStreams(link, "producer-" + number, set);
    }

    /** How many streams it has now. */
    int streams() {
        return streams;
    }

    /** Its next request, or the one in doubt again. */
    void act(Decisions decisions, List<UserDay> users) {
        if (world.chances().streamsMax() > 1 && decisions.pick(8) == 7) {
            start();
        }
        if (inDoubt != null) {
            send(inDoubt);
            return;
        }
        UserDay user = users.get(decisions.pick(users.size()));
        int kind = decisions.pick(5);
        int count = 1 + decisions.pick(EVENTS_MAX);
        if (kind == 4) {
            pushAlone(user, decisions.pick(3) == 2);
            return;
        }
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            lines.add(next(user, ""));
        }
        String key = "{" + user.key() + "}:once:" + number + "-" + events;
        send(new Request(user, lines, kind == 3 ? null : key));
    }

    /** One more event through the API, with nothing in its way. */
    void finish(UserDay user) {
        send(new Request(user, List.of(next(user, "")), null));
    }

    private String next(UserDay user, String odd) {
        int n = events++;
        if (repeats) {
            n = n % REPEATED_TEXTS;
        }
        return "{\"user\":\"%s\",\"from\":%d,\"n\":%d,\"pad\":\"%s\"}"
                .formatted(user.userId(), number, n, odd + "x".repeat(n * 7 % 23));
    }

    private void pushAlone(UserDay user, boolean odd) {
        String event = next(user, odd ? "\n" : "");
        world.servers().pushAlone(link.server(), "producer-" + number, user.key(), event);
    }

    private void send(Request request) {
        List<String> keys = new ArrayList<>(List.of(SimulatedWorld.STORE, request.user.key()));
        if (request.onceMarker != null) {
            keys.add(request.onceMarker);
        }
        List<byte[]> arguments = new ArrayList<>();
        arguments.add(bytes(Long.toString(SimulatedReplica.LIST_LIFE.toSeconds())));
        arguments.add(bytes("store-by-producer-" + number + "-" + ++calls));
        int count = request.events.size();
        arguments.add(bytes(Integer.toString(request.onceMarker == null ? count : -count)));
        request.events.forEach(event -> arguments.add(bytes(event)));
        answeredNow = false;
        var unused = link.run(Script.PUSH, keys, arguments);
        inDoubt = answeredNow || request.onceMarker == null ? null : request;
        if (!answeredNow && inDoubt == null) {
            world.books().givenUp(request.events);
        }
    }

    private void answered(SimulatedLink.Answered answer) {
        if (answer.script() == Script.PUSH) {
            answeredNow = true;
            if (SimulatedServers.isStored(answer.reply().values())
                    && answer.number(2) == answer.arguments().size() - 3) {
                pending.add(List.of(answer.keys().get(1)), answer.number(1));
            }
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
