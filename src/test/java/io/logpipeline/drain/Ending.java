package io.logpipeline.drain;

import io.logpipeline.event.UserDay;
import io.logpipeline.redis.RedisKeys;
import io.logpipeline.simulation.SimulatedDisk;
import io.logpipeline.simulation.SimulatedRedis;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/** What must be left of a history when all is drained: the files, and what Redis says of them. */
record Ending(SimulatedServers servers, SimulatedDisk disk, List<UserDay> users) {
    private static final Set<String> OF_THE_PIPELINE =
            Set.of(SimulatedWorld.STORE, "logs:volume", "logs:sweeper");

    /**
     * Whether nothing waits.
     *
     * @param streams those of whatever process; others are to be gone
     */
    boolean isReached(int streams) {
        SimulatedRedis master = servers.master();
        return streams()
                        .allMatch(stream ->
                                master.entries(RedisKeys.pending(stream)) == 0
                                        && (stream < streams
                                                || !master.exists(RedisKeys.pending(stream))))
                && users.stream().map(UserDay::key).noneMatch(this::isPending);
    }

    private static IntStream streams() {
        return IntStream.range(0, Chances.STREAMS.streamsMax());
    }

    private static boolean isStream(String key) {
        return streams().mapToObj(RedisKeys::pending).anyMatch(key::equals);
    }

    private boolean isPending(String list) {
        SimulatedRedis master = servers.master();
        return master.exists(list)
                || master.exists(SimulatedWorld.batch(list))
                || master.exists("{" + list + "}:lock");
    }

    /** What there still is, for a report. */
    String left() {
        SimulatedRedis master = servers.master();
        List<Integer> entries =
                streams().mapToObj(each -> master.entries(RedisKeys.pending(each))).toList();
        return master.keys(any -> true) + ", entries: " + entries;
    }

    void check(Books books) {
        for (UserDay user : users) {
            String ledger = SimulatedWorld.ledger(user.key());
            String position = servers.master().field(ledger, "position");
            int size = disk.content(SimulatedWorld.file(user)).length;
            if (position == null || Integer.parseInt(position) != size) {
                books.problem(ledger + " says " + position + " of " + size);
            }
        }
        List<String> others =
                servers.master()
                        .keys(key ->
                                !OF_THE_PIPELINE.contains(key)
                                        && !isStream(key)
                                        && !key.endsWith("}:ledger")
                                        && !key.contains("}:once:"));
        if (!others.isEmpty()) {
            books.problem("left in Redis: " + others);
        }
    }
}
