package io.logpipeline.drain;

import io.logpipeline.event.UserDay;
import io.logpipeline.redis.Script;
import io.logpipeline.simulation.Decisions;
import io.logpipeline.simulation.Scripts;
import io.logpipeline.simulation.SimulatedClock;
import io.logpipeline.simulation.SimulatedRedis;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The Redis of a history: the master, old ones that some clients still take for it, and calls that
 * are under way to either. Keeps the books of what they do to events.
 */
final class SimulatedServers {
    private record Late(
            SimulatedRedis server,
            String client,
            Script script,
            List<String> keys,
            List<byte[]> arguments) {}

    private final SimulatedWorld world;
    private final SimulatedClock clock;
    private final Scripts scripts;
    private final Decisions decisions;
    private final Limits limits;
    private final Books books;
    private final Expiries expiries;
    private final List<Late> late = new ArrayList<>();
    private final List<String> expiredInFallen = new ArrayList<>();
    private final Set<String> movedFrom = new HashSet<>();
    private SimulatedRedis master;
    private SimulatedRedis fallen;
    private int fallBacks;
    private int oldestMoment;

    SimulatedServers(
            SimulatedWorld world,
            SimulatedClock clock,
            Scripts scripts,
            Decisions decisions,
            Limits limits) {
        this.world = world;
        this.clock = clock;
        this.scripts = scripts;
        this.decisions = decisions;
        this.limits = limits;
        this.books = world.books();
        this.expiries = new Expiries(books);
        this.master = new SimulatedRedis(clock, scripts, this::expired);
    }

    SimulatedRedis master() {
        return master;
    }

    Expiries expiries() {
        return expiries;
    }

    /** Whether Redis ever forgot anything. */
    boolean everFellBack() {
        return fallBacks > 0;
    }

    /** The master, and old ones that have clients. */
    Set<SimulatedRedis> all() {
        Set<SimulatedRedis> servers = new LinkedHashSet<>();
        servers.add(master);
        world.links().forEach(link -> servers.add(link.server()));
        return servers;
    }

    /** Redis forgets; in a split brain the old master goes on for those who still talk to it. */
    void fallBack(boolean splitBrain) {
        int moments = master.moments();
        int depth = decisions.pick(2) == 0 ? Math.min(8, moments) : moments;
        int forgotten = decisions.pick(depth);
        int moment = moments - 1 - forgotten;
        fallen = master.copy();
        fallen.fallBack(moment);
        expiredInFallen.clear();
        movedFrom.removeIf(list -> master.field(SimulatedWorld.ledger(list), "position") == null);
        if (moment < oldestMoment
                || splitBrain && !movedFrom.isEmpty()
                || !Limits.isNamedOrEmpty(fallen, world.users())
                || !limits.mayWait(List.of(fallen), world.users(), Duration.ZERO)) {
            return;
        }
        if (!fallen.exists(SimulatedWorld.STORE)) {
            startEmpty();
            return;
        }
        world.tell(() ->
                splitBrain
                        ? "split brain: the new master lacks " + forgotten + " calls"
                        : "Redis forgets " + forgotten + " calls");
        world.happens(splitBrain ? "split brain" : "fell back");
        become(fallen, splitBrain);
        books.fellBack(moment);
        books.expired(expiredInFallen);
    }

    void startEmpty() {
        if (limits.mayStartEmpty(world.users(), world.anyHasClaim())) {
            world.happens("started empty");
            world.tell(() -> "Redis starts empty");
            world.syncContents();
            become(new SimulatedRedis(clock, scripts, this::expired), false);
            oldestMoment = 0;
            movedFrom.clear();
            books.fellBack(-1);
        }
    }

    private void become(SimulatedRedis next, boolean splitBrain) {
        SimulatedRedis before = master;
        master = next;
        fallBacks++;
        expiries.fellBack();
        for (SimulatedLink link : world.links()) {
            if (!splitBrain || decisions.pick(2) == 0) {
                link.connect(master);
            }
        }
        if (!splitBrain) {
            late.removeIf(call -> call.server == before);
        }
    }

    void reconnect(SimulatedLink link) {
        if (link.server() != master) {
            world.tell(() -> "a client of an old master finds the new one");
            link.connect(master);
        }
    }

    /** What is behind this is not to be fallen back to. */
    void fileMoved(UserDay user) {
        movedFrom.add(user.key());
        oldestMoment = master.moments() - 1;
    }

    void later(
            SimulatedRedis server,
            String client,
            Script script,
            List<String> keys,
            List<byte[]> arguments) {
        late.add(new Late(server, client, script, keys, arguments));
    }

    /** Perhaps one of the calls that are under way arrives. */
    void step() {
        if (!late.isEmpty() && world.mishap(200)) {
            arrive(late.remove(decisions.pick(late.size())));
        }
    }

    /** Every call that is under way arrives, and nobody talks to an old master any more. */
    void settle() {
        late.forEach(this::arrive);
        late.clear();
        world.links().forEach(link -> link.connect(master));
    }

    private void arrive(Late call) {
        world.happens("late call");
        world.tell(() -> "a call arrives late");
        execute(call.server, call.client, call.script, call.keys, call.arguments);
    }

    /** Runs a script, and notes what it did to events. */
    List<Object> execute(
            SimulatedRedis server,
            String client,
            Script script,
            List<String> keys,
            List<byte[]> arguments) {
        List<String> batch = script == Script.COMMIT ? server.list(keys.get(1)) : List.of();
        List<Object> reply = server.run(script, keys, arguments);
        world.tell(() ->
                client
                        + (server == master ? " " : " of an old master ")
                        + script
                        + shown(arguments)
                        + " ->"
                        + shown(reply));
        String word = SimulatedLink.text(reply.getFirst());
        world.happens(script + " " + (script == Script.PUSH ? ofThePart(reply) : word));
        if (script == Script.PUSH && isStored(reply)) {
            pushed(server, keys, arguments);
        } else if (script == Script.COMMIT && !word.equals("STALE")) {
            int count = Integer.parseInt(SimulatedLink.text(arguments.get(4)));
            books.settled(batch.subList(0, Math.min(count, batch.size())));
            if (count == 0 && server == master) {
                movedFrom.remove(keys.getFirst());
                oldestMoment = master.moments() - 1;
            }
        } else if (script == Script.CLAIM && word.equals("EXPIRED")) {
            expiries.said(keys.getFirst());
        }
        return reply;
    }

    /** A push of one part, as all are here. */
    private static String ofThePart(List<Object> reply) {
        return isStored(reply) ? "STORED" : SimulatedLink.text(reply.get(2));
    }

    static boolean isStored(List<Object> reply) {
        return reply.get(2) instanceof Long;
    }

    private void pushed(SimulatedRedis server, List<String> keys, List<byte[]> arguments) {
        List<String> events =
                arguments.subList(3, arguments.size()).stream().map(SimulatedLink::text).toList();
        if (keys.size() == 3 && server == master) {
            expiries.storedOnce(keys.get(2), events, clock.millis());
        }
        stored(server, keys.get(1), events);
    }

    /** By a producer that tells nobody. */
    void pushAlone(SimulatedRedis server, String client, String list, String event) {
        server.push(list, event);
        world.tell(() -> client + " pushes by itself " + event.replace("\n", "\\n"));
        stored(server, list, List.of(event));
    }

    private void stored(SimulatedRedis server, String list, List<String> events) {
        int moment = server == master ? master.moments() - 1 : -1;
        events.forEach(event -> books.stored(event, moment));
        expiries.refilled(list);
    }

    private void expired(SimulatedRedis server, String key, List<String> elements, long atMillis) {
        if (server == fallen && server != master) {
            expiredInFallen.addAll(elements);
        } else if (server == master && !elements.isEmpty()) {
            world.tell(() -> key + " expires");
            expiries.expired(server, key, elements, world.isTended(atMillis));
        }
    }

    private static String shown(List<?> values) {
        StringBuilder text = new StringBuilder();
        values.forEach(value -> text.append(' ').append(SimulatedLink.text(value)));
        return text.toString().replace("\n", "\\n");
    }
}
